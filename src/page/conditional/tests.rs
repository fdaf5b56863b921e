use http::header::{CONTENT_LOCATION, LINK, RANGE, SET_COOKIE, VARY};

use super::*;

/// 14 November 2023, 22:13:20.
const NOW: u64 = 1_700_000_000;

type Line<'a> = (HeaderName, &'a str);

fn headers(lines: &[Line]) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).expect("a value");
    lines.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

/// The answer to a `GET`, from ten bytes with status 200.
fn answer(stored: &[Line], request: &[Line]) -> Verdict {
    verdict(&Method::GET, &headers(request), StatusCode::OK, &headers(stored), 10, NOW)
}

fn at(seconds_ago: u64) -> String {
    date::write(NOW - seconds_ago).to_str().expect("a date is ASCII").to_owned()
}

#[test]
fn tags_are_compared_as_the_conformance_suite_asks() {
    // conditional-etag.mjs; the last five are questions there, and the RFC has no answer to them.
    let table = [
        ("\"abcdef\"", "\"abcdef\"", true),
        ("W/\"abcdef\"", "W/\"abcdef\"", true),
        ("W/\"abcdef\"", "\"abcdef\"", true),
        ("\"abcdef\"", "\"abcdef\", \"1234\", \"5678\"", true),
        ("\"abcdef\"", "\"1234\", \"abcdef\", \"5678\"", true),
        ("\"abcdef\"", "\"1234\", \"5678\", \"abcdef\"", true),
        ("\"abcdef\"", "\"abcde\"", false),
        ("\"abcdef\"", "*", true),
        ("\"abcdefü\"", "\"abcdefü\"", true),
        ("abcdef", "abcdef", true),
        ("w/\"abcdef\"", "w/\"abcdef\"", true),
        ("\"abcdef\"", "abcdef", false),
        ("abcdef", "\"abcdef\"", false),
    ];
    for (own, asked, known) in table {
        let expected = if known { Verdict::NotModified } else { Verdict::Whole };
        assert_eq!(answer(&[(ETAG, own)], &[(IF_NONE_MATCH, asked)]), expected, "{own} {asked}");
    }
}

#[test]
fn a_tag_comes_before_a_date() {
    let stored = [(ETAG, "\"a\""), (LAST_MODIFIED, &at(5000))];
    let both = |tag, seconds_ago| answer(&stored, &[(IF_NONE_MATCH, tag), (IF_MODIFIED_SINCE, &at(seconds_ago))]);
    assert_eq!(both("\"a\"", 9000), Verdict::NotModified);
    assert_eq!(both("\"b\"", 1), Verdict::Whole);
}

#[test]
fn dates_are_compared_with_the_last_modification_or_with_the_date() {
    // conditional-lm.mjs. The last but two: what that suite wants answered with 304 is newer than the client's copy.
    let (modified, made) = (at(3000), at(0));
    let table: [(&[Line], &str, Verdict); 7] = [
        (&[(LAST_MODIFIED, &modified), (DATE, &made)], &at(3000), Verdict::NotModified),
        (&[(LAST_MODIFIED, &modified), (DATE, &made)], &at(2000), Verdict::NotModified),
        (&[(LAST_MODIFIED, &modified), (DATE, &made)], &at(3001), Verdict::Whole),
        (&[(LAST_MODIFIED, &modified)], "Tuesday, 14-Nov-23 21:23:20 GMT", Verdict::NotModified),
        (&[(DATE, &made)], &at(3000), Verdict::Whole),
        (&[(DATE, &modified)], &at(2000), Verdict::NotModified),
        (&[], &at(0), Verdict::Whole),
    ];
    for (stored, since, expected) in table {
        assert_eq!(answer(stored, &[(IF_MODIFIED_SINCE, since)]), expected, "{stored:?} {since}");
    }
    let twice = [(IF_MODIFIED_SINCE, &*made), (IF_MODIFIED_SINCE, &*made)];
    assert_eq!(answer(&[(LAST_MODIFIED, &modified)], &twice), Verdict::Whole);
}

#[test]
fn conditions_are_answered_as_django_answers_them_but_where_the_rfc_says_otherwise() {
    let tables = include_str!("../../../tests/page/django/helpers.json");
    let tables: serde_json::Value = serde_json::from_str(tables).expect("JSON");
    let rows = tables["conditional"]["rows"].as_array().expect("rows");
    assert!(rows.len() > 200, "{}", rows.len());
    for row in rows {
        let method = row[0].as_str().and_then(|name| name.parse().ok()).expect("a method");
        let modified = row[2].as_u64().map(date::write);
        let tag = row[1].as_str().map(|tag| tag.parse().expect("a value"));
        let stored = [(ETAG, tag), (LAST_MODIFIED, modified)];
        let stored: HeaderMap = stored.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let asked = row[3].as_object().expect("headers").iter();
        let asked = asked.map(|(name, value)| (name.parse().expect("a name"), value.as_str().expect("a text")));
        let request = headers(&asked.collect::<Vec<_>>());
        let of_django = match row[4].as_u64() {
            None => Verdict::Whole,
            Some(304) => Verdict::NotModified,
            Some(412) => Verdict::Failed,
            Some(other) => panic!("{other}"),
        };
        let expected = of_the_rfc(&request, &stored, method == Method::PUT).unwrap_or(of_django);
        assert_eq!(verdict(&method, &request, StatusCode::OK, &stored, 10, NOW), expected, "{row}");
    }
}

/// Where Django leaves the RFC: `*` means what is there, with or without a tag, and a response without `Last-Modified`
/// has no date to compare.
fn of_the_rfc(request: &HeaderMap, stored: &HeaderMap, is_write: bool) -> Option<Verdict> {
    let is_any = |name| request.get(name).is_some_and(|value| value == "*");
    let undated = !stored.contains_key(LAST_MODIFIED) && !request.contains_key(IF_MATCH);
    if is_any(IF_NONE_MATCH) {
        Some(if is_write { Verdict::Failed } else { Verdict::NotModified })
    } else if is_any(IF_MATCH) || undated && request.contains_key(IF_UNMODIFIED_SINCE) {
        Some(Verdict::Whole)
    } else {
        None
    }
}

#[test]
fn one_part_is_cut_out_and_several_are_answered_with_the_whole() {
    // partial.mjs, as far as it asks for parts of what is stored whole.
    let table = [
        ("bytes=0-1", Verdict::Part(0..2)),
        ("bytes=1-", Verdict::Part(1..10)),
        ("bytes=-1", Verdict::Part(9..10)),
        ("bytes=-100", Verdict::Part(0..10)),
        ("bytes=0-0, 2-3", Verdict::Whole),
        ("bytes=10-", Verdict::Unsatisfiable),
        ("bytes=-0", Verdict::Unsatisfiable),
        ("bytes=3-2", Verdict::Whole),
        ("items=0-1", Verdict::Whole),
    ];
    for (asked, expected) in table {
        assert_eq!(answer(&[], &[(RANGE, asked)]), expected, "{asked}");
    }
}

#[test]
fn a_part_is_of_a_get_with_status_200_only() {
    let request = headers(&[(RANGE, "bytes=0-1")]);
    let of = |method, status| verdict(&method, &request, status, &HeaderMap::new(), 10, NOW);
    assert_eq!(of(Method::GET, StatusCode::OK), Verdict::Part(0..2));
    assert_eq!(of(Method::HEAD, StatusCode::OK), Verdict::Whole);
    assert_eq!(of(Method::GET, StatusCode::NON_AUTHORITATIVE_INFORMATION), Verdict::Whole);
}

#[test]
fn a_part_is_of_the_very_response_that_if_range_names() {
    let (modified, made) = (at(100), at(50));
    let dated = [(LAST_MODIFIED, &*modified), (DATE, &*made)];
    let part = Verdict::Part(0..2);
    let table: [(&[Line], &str, Verdict); 8] = [
        (&[(ETAG, "\"a\"")], "\"a\"", part.clone()),
        (&[(ETAG, "\"a\"")], "\"b\"", Verdict::Whole),
        (&[(ETAG, "W/\"a\"")], "W/\"a\"", Verdict::Whole),
        (&[], "\"a\"", Verdict::Whole),
        (&dated, &modified, part),
        (&dated, &made, Verdict::Whole),
        (&[(LAST_MODIFIED, &modified), (DATE, &modified)], &modified, Verdict::Whole),
        (&dated, "foo", Verdict::Whole),
    ];
    for (stored, named, expected) in table {
        assert_eq!(answer(stored, &[(RANGE, "bytes=0-1"), (IF_RANGE, named)]), expected, "{stored:?} {named}");
    }
    assert_eq!(answer(&[(ETAG, "\"a\"")], &[(IF_RANGE, "\"a\"")]), Verdict::Whole);
}

#[test]
fn conditions_come_before_parts_and_failures_before_both() {
    let stored = [(ETAG, "\"a\"")];
    let range = (RANGE, "bytes=0-1");
    assert_eq!(answer(&stored, &[range.clone(), (IF_NONE_MATCH, "\"a\"")]), Verdict::NotModified);
    assert_eq!(answer(&stored, &[range.clone(), (IF_MATCH, "\"b\"")]), Verdict::Failed);
    assert_eq!(answer(&stored, &[range, (IF_MATCH, "\"a\"")]), Verdict::Part(0..2));
}

#[test]
fn what_is_no_success_is_sent_as_it_is() {
    let request = headers(&[(IF_NONE_MATCH, "\"a\""), (IF_MATCH, "\"b\""), (RANGE, "bytes=99-")]);
    for status in [StatusCode::NOT_FOUND, StatusCode::MOVED_PERMANENTLY, StatusCode::INTERNAL_SERVER_ERROR] {
        let verdict = verdict(&Method::GET, &request, status, &headers(&[(ETAG, "\"a\"")]), 10, NOW);
        assert_eq!(verdict, Verdict::Whole, "{status}");
    }
}

#[test]
fn a_304_carries_what_says_nothing_of_the_body() {
    let carried = [
        (ETAG, "\"a\""),
        (DATE, "x"),
        (VARY, "x"),
        (CONTENT_LOCATION, "x"),
        (LAST_MODIFIED, "x"),
        (LINK, "x"),
        (LINK, "y"),
        (SET_COOKIE, "x"),
    ];
    let mut stored = headers(&carried);
    stored.extend(headers(&[(CONTENT_TYPE, "x"), (CONTENT_LENGTH, "x"), (CONTENT_ENCODING, "x")]));
    assert_eq!(not_modified(&stored), headers(&carried));
}

#[test]
fn a_part_says_which_bytes_it_has_of_how_many() {
    let stored = headers(&[(CONTENT_LENGTH, "10"), (ETAG, "\"a\"")]);
    let expected = headers(&[(CONTENT_LENGTH, "5"), (ETAG, "\"a\""), (CONTENT_RANGE, "bytes 5-9/10")]);
    assert_eq!(part(&stored, &(5..10), 10), expected);
    assert_eq!(out_of_range(10), "bytes */10");
}
