use http::header::{COOKIE, SET_COOKIE};

use super::*;

fn edited(lines: &[&str], edits: &CacheControl) -> String {
    let value = |line: &&str| (CACHE_CONTROL, HeaderValue::from_bytes(line.as_bytes()).expect("a value"));
    let mut headers: HeaderMap = lines.iter().map(value).collect();
    edits.apply(&mut headers);
    let once = headers.clone();
    edits.apply(&mut headers);
    assert_eq!(headers, once, "said twice is said once");
    let lines = headers.get_all(CACHE_CONTROL).iter().map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    lines.collect::<Vec<_>>().join(" | ")
}

fn new() -> CacheControl {
    CacheControl::new()
}

#[test]
fn each_word_is_said_as_the_rfc_spells_it() {
    let words = new().no_store().must_revalidate().proxy_revalidate().must_understand().no_transform().immutable();
    let expected = "no-store, must-revalidate, proxy-revalidate, must-understand, no-transform, immutable";
    assert_eq!(edited(&[], &words), expected);
    let times = new().max_age(1).s_maxage(2).stale_while_revalidate(3).stale_if_error(4);
    assert_eq!(edited(&[], &times), "max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4");
    assert_eq!(edited(&[], &new().public()), "public");
    assert_eq!(edited(&[], &new().private().no_cache()), "private, no-cache");
}

#[test]
fn nothing_said_changes_nothing() {
    assert_eq!(edited(&["A ,, b", "c"], &new()), "A ,, b | c");
    assert_eq!(edited(&["A"], &new().no_cache_fields([])), "A");
}

#[test]
fn what_is_unknown_stays_as_it_is_and_where_it_is() {
    let lines = ["Community=\"U, CI\" , X", "max-age=9, y = Z"];
    assert_eq!(edited(&lines, &new().max_age(5).no_store()), "community=\"U, CI\", x, max-age=5, y = Z, no-store");
}

#[test]
fn the_smaller_time_stays_and_is_said_once() {
    let table: [(&[&str], u64, &str); 9] = [
        (&["max-age=60"], 30, "max-age=30"),
        (&["max-age=30"], 60, "max-age=30"),
        (&["max-age=\"30\""], 60, "max-age=30"),
        (&["max-age=50, x, MAX-AGE=40"], 60, "max-age=40, x"),
        (&["max-age=50", "max-age=70"], 60, "max-age=50"),
        (&["max-age=soon"], 60, "max-age=0"),
        (&["max-age"], 60, "max-age=0"),
        (&["max-age = 60"], 90, "max-age=0"),
        (&["x=\"max-age=5\""], u64::MAX, "x=\"max-age=5\", max-age=2147483648"),
    ];
    for (lines, time, expected) in table {
        assert_eq!(edited(lines, &new().max_age(time)), expected, "{lines:?}");
    }
    assert_eq!(edited(&[], &new().max_age(60).max_age(30).max_age(90)), "max-age=30");
    assert_eq!(edited(&[], &new().max_age(std::time::Duration::from_millis(1_999))), "max-age=1");
}

#[test]
fn names_of_fields_are_added_to_names_and_everything_stays_everything() {
    let cookies = || new().no_cache_fields([SET_COOKIE, COOKIE, SET_COOKIE]);
    assert_eq!(edited(&[], &cookies()), "no-cache=\"set-cookie, cookie\"");
    assert_eq!(edited(&["no-cache=X-A, no-cache=\"x-b\""], &cookies()), "no-cache=\"x-a, x-b, set-cookie, cookie\"");
    assert_eq!(edited(&["no-cache"], &cookies()), "no-cache");
    assert_eq!(edited(&["no-cache=\"\""], &cookies()), "no-cache");
    assert_eq!(edited(&["no-cache=X-A"], &new().no_cache()), "no-cache");
}

#[test]
fn public_and_private_take_each_others_place_and_private_fields_stay_private() {
    assert_eq!(edited(&["private, x"], &new().public()), "x, public");
    assert_eq!(edited(&["Public=1, x"], &new().private()), "x, private");
    assert_eq!(edited(&[], &new().public().private()), "private");
    assert_eq!(edited(&[], &new().private().public().max_age(5)), "public, max-age=5");
    assert_eq!(edited(&["private=\"x-a\""], &new().public()), "private=\"x-a\", public");
    assert_eq!(edited(&["private=\"x-a\""], &new().private()), "private");
    assert_eq!(edited(&["private, private=x-a"], &new().public()), "private=x-a, public");
    assert_eq!(edited(&["private=\"\""], &new().public()), "public");
    let fields = new().private_fields([SET_COOKIE]);
    assert_eq!(edited(&["public, private"], &fields), "public, private");
    assert_eq!(edited(&["private"], &fields.clone().public()), "private=\"set-cookie\", public");
    assert_eq!(edited(&["public"], &fields), "public, private=\"set-cookie\"");
}

#[test]
fn a_string_that_is_never_closed_swallows_nothing_that_is_added() {
    assert_eq!(edited(&["x=\"a, b", "y"], &new().max_age(5)), "no-store, y, max-age=5");
    assert_eq!(edited(&["No-Store, private=\"a"], &new().public()), "no-store, public");
}
