use http::HeaderValue;

use super::*;

const TARGETED: HeaderName = HeaderName::from_static("cdn-cache-control");

fn read(lines: &[&str]) -> Directives {
    Directives::of(&headers(&CACHE_CONTROL, lines))
}

fn headers(name: &HeaderName, lines: &[&str]) -> HeaderMap {
    lines.iter().map(|line| (name.clone(), HeaderValue::from_bytes(line.as_bytes()).expect("a value"))).collect()
}

fn targeted(lines: &[&str]) -> Option<Directives> {
    Directives::targeted(&headers(&TARGETED, lines), &TARGETED)
}

fn these(names: &[&'static str]) -> Fields {
    Fields::These(names.iter().map(|name| HeaderName::from_static(name)).collect())
}

#[test]
fn max_age_is_read_as_the_public_tests_of_caches_ask() {
    let table: [(&[&str], Option<u64>); 34] = [
        (&[], None),
        (&["max-age=3600"], Some(3600)),
        (&["MaX-aGe=3600"], Some(3600)),
        (&["foobar, max-age=3600"], Some(3600)),
        (&["max-age=\"3600\""], Some(3600)),
        (&["max-age=\"36\\00\""], Some(3600)),
        (&["max-age=003600"], Some(3600)),
        (&["max-age=2147483647"], Some(2_147_483_647)),
        (&["max-age=2147483648"], Some(LONGEST)),
        (&["max-age=99999999999"], Some(LONGEST)),
        (&["max-age=0"], Some(0)),
        // Not a time: over at once.
        (&["max-age='3600'"], Some(0)),
        (&["max-age=-3600"], Some(0)),
        (&["max-age=3600.0"], Some(0)),
        (&["max-age=a3600"], Some(0)),
        (&["max-age=3600a"], Some(0)),
        (&["max-age =3600"], Some(0)),
        (&["max-age= 3600"], Some(0)),
        (&["max-age = 3600"], Some(0)),
        (&["max-age"], Some(0)),
        (&["max-age="], Some(0)),
        (&["max-age=\"\""], Some(0)),
        (&["max-age=\"3600"], Some(0)),
        (&["max-age=\"3600\"0"], Some(0)),
        (&["max-age==3600"], Some(0)),
        // Said twice.
        (&["max-age=3600, max-age=1800"], Some(1800)),
        (&["max-age=1, max-age=1800"], Some(1)),
        (&["max-age=1800", "max-age=1"], Some(1)),
        (&["max-age=1800, max-age=x"], Some(0)),
        // In a quoted string of another directive.
        (&["extension=\"max-age=3600\", max-age=1"], Some(1)),
        (&["max-age=\"1\", extension=\"max-age=3600\""], Some(1)),
        (&["extension=\"a, max-age=3600\""], None),
        (&["extension=\"a\\\", max-age=3600, \""], None),
        // Another directive.
        (&["x-max-age=5, max-agee=5, s-maxage=5"], None),
    ];
    for (lines, max_age) in table {
        assert_eq!(read(lines).max_age, max_age, "{lines:?}");
    }
}

#[test]
fn each_directive_is_heard_in_any_case() {
    let written = "No-Store, PUBLIC, must-Revalidate, proxy-revalidate, must-understand, no-transform, only-if-cached, \
        immutable, S-MaxAge=1, max-age=2, Stale-While-Revalidate=3, stale-if-error=4, max-stale=5, min-fresh=6, \
        no-cache, private";
    let all = Directives {
        max_age: Some(2),
        s_maxage: Some(1),
        max_stale: Some(5),
        min_fresh: Some(6),
        stale_while_revalidate: Some(3),
        stale_if_error: Some(4),
        no_store: true,
        public: true,
        must_revalidate: true,
        proxy_revalidate: true,
        must_understand: true,
        no_transform: true,
        only_if_cached: true,
        no_cache: Fields::Everything,
        private: Fields::Everything,
    };
    assert_eq!(read(&[written]), all);
    let one_a_line: Vec<_> = written.split(", ").collect();
    assert_eq!(read(&one_a_line), all);
}

#[test]
fn a_field_that_says_nothing_is_as_good_as_none() {
    assert_eq!(read(&[]), Directives::default());
    for lines in [&[""] as &[_], &[" , ,"], &["unknown, x=\"no-store, private\", nostore"], &["", ""]] {
        assert_eq!(read(lines), Directives::default(), "{lines:?}");
    }
}

#[test]
fn what_forbids_is_heard_with_an_argument_and_what_allows_is_not() {
    let forbids = read(&["no-store=1, must-revalidate=\"\", proxy-revalidate=x, no-transform ="]);
    assert!(forbids.no_store && forbids.must_revalidate && forbids.proxy_revalidate && forbids.no_transform);
    let allows = read(&["public=1, must-understand=x, only-if-cached=1"]);
    assert_eq!(allows, Directives::default());
}

#[test]
fn names_of_fields_are_a_quoted_list_or_a_token() {
    let table: [(&[&str], Fields); 17] = [
        (&["max-age=1"], Fields::Not),
        (&["private"], Fields::Everything),
        (&["private=\"a\""], these(&["a"])),
        (&["private=\"A, b\""], these(&["a", "b"])),
        (&["private=\"a,,\tb ,\""], these(&["a", "b"])),
        (&["private=\"a\\b\""], these(&["ab"])),
        (&["private=Set-Cookie"], these(&["set-cookie"])),
        (&["private=\"a\", private=\"b\""], these(&["a", "b"])),
        (&["private=\"a\"", "private=b"], these(&["a", "b"])),
        (&["private=\"a\", private"], Fields::Everything),
        (&["private, private=\"a\""], Fields::Everything),
        (&["private=\"\""], Fields::Everything),
        (&["private="], Fields::Everything),
        (&["private=\" , \""], Fields::Everything),
        (&["private=\"a b\""], Fields::Everything),
        (&["private = \"a\""], Fields::Everything),
        (&["private=\"a"], Fields::Everything),
    ];
    for (lines, fields) in table {
        assert_eq!(read(lines).private, fields, "{lines:?}");
        let of_no_cache: Vec<_> = lines.iter().map(|line| line.replace("private", "no-cache")).collect();
        let of_no_cache: Vec<_> = of_no_cache.iter().map(String::as_str).collect();
        assert_eq!(read(&of_no_cache).no_cache, fields, "{of_no_cache:?}");
    }
    assert!(!Fields::Not.is_said() && Fields::Everything.is_said() && these(&["a"]).is_said());
}

#[test]
fn a_string_that_is_never_closed_keeps_nothing() {
    for line in ["x=\"a, no-store", "max-age=60, x=\"", "x\"y, max-age=60", "private=\"a, max-age=60"] {
        assert!(read(&[line]).no_store, "{line}");
    }
    assert!(!read(&["x=\"a\\\"\", max-age=60"]).no_store);
}

#[test]
fn the_times_of_requests_are_those_that_allow_least() {
    let table = [
        ("max-stale", (Some(u64::MAX), None)),
        ("max-stale=1000", (Some(1000), None)),
        ("max-stale, max-stale=10", (Some(10), None)),
        ("max-stale=10, max-stale", (Some(10), None)),
        ("max-stale=x", (Some(0), None)),
        ("min-fresh=5", (None, Some(5))),
        ("min-fresh=5, min-fresh=9", (None, Some(9))),
        ("min-fresh", (None, Some(LONGEST))),
        ("min-fresh=-1", (None, Some(LONGEST))),
    ];
    for (line, expected) in table {
        let read = read(&[line]);
        assert_eq!((read.max_stale, read.min_fresh), expected, "{line}");
    }
}

#[test]
fn a_value_that_is_no_text_is_read_all_the_same() {
    let value = HeaderValue::from_bytes(b"\xff=\xfe, max-age=5, private=\"\xff\"").expect("a value");
    let read = Directives::of(&HeaderMap::from_iter([(CACHE_CONTROL, value)]));
    assert_eq!((read.max_age, read.private), (Some(5), Fields::Everything));
}

#[test]
fn a_targeted_field_is_a_dictionary_or_nothing() {
    let expected = Directives { max_age: Some(60), no_store: true, ..Directives::default() };
    for lines in [&["max-age=60, no-store"] as &[_], &["max-age=60", "no-store"], &["max-age=60;x, no-store=?1"]] {
        assert_eq!(targeted(lines), Some(expected.clone()), "{lines:?}");
    }
    for lines in [&[] as &[_], &[""], &["  "], &["max-age=60, &&&"], &["MaX-aGe=60"], &["max-age =60"], &["a", ""]] {
        assert_eq!(targeted(lines), None, "{lines:?}");
    }
    let unknown = Directives::default();
    assert_eq!(targeted(&["unknown=(1 2), public=?0, no-store=?0, private=?0"]), Some(unknown));
}

#[test]
fn a_targeted_value_of_another_kind_is_one_that_cannot_be_read() {
    for (line, seconds) in [
        ("max-age=99999999999", LONGEST),
        ("max-age=60, max-age=90", 90),
        ("max-age=\"60\"", 0),
        ("max-age=6.0", 0),
        ("max-age=-1", 0),
        ("max-age=a", 0),
        ("max-age", 0),
    ] {
        assert_eq!(targeted(&[line]).and_then(|read| read.max_age), Some(seconds), "{line}");
    }
    for (line, fields) in [
        ("private", Fields::Everything),
        ("private=\"a, B\"", these(&["a", "b"])),
        ("private=a", these(&["a"])),
        ("private=(\"a\" \"b\")", Fields::Everything),
        ("private=\"\"", Fields::Everything),
    ] {
        assert_eq!(targeted(&[line]).map(|read| read.private), Some(fields), "{line}");
    }
}
