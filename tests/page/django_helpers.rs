//! The header functions beside Django's: each row of its answers is answered alike, or named here with the line of
//! `src/docs/pages_django.md` that says why not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, EXPIRES, HeaderMap, HeaderName, HeaderValue, VARY};
use larder::page::headers::{self, CacheControl};
use serde_json::{Value, json};

/// A row that is answered otherwise: what was asked, what Larder answers, and the line of the docs that says why.
type Other = (Value, Value, &'static str);

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn table(name: &str) -> Vec<Value> {
    let tables: Value = serde_json::from_str(include_str!("django/helpers.json")).expect("JSON");
    let rows = tables[name].as_array().expect("a table").clone();
    assert!(rows.len() > 3, "{name} has rows");
    rows
}

/// Answers all rows of a table, and compares with Django's answers but for those named in `others`, all of which are met.
fn replay(name: &str, asked: &[&str], others: &[Other], answer: impl Fn(&Value) -> Value) {
    let docs = include_str!("../../src/docs/pages_django.md");
    let mut left: Vec<&Other> = others.iter().collect();
    for row in table(name) {
        let question: Value = asked.iter().map(|column| row[*column].clone()).collect();
        let expected = match left.iter().position(|other| other.0 == question) {
            Some(at) => {
                let (_, expected, why) = left.remove(at);
                assert!(docs.contains(&format!("\n| {why} |")), "the docs do not tell of `{why}`");
                assert_ne!(*expected, row["result"], "{question} is answered as Django answers it");
                expected.clone()
            }
            None => row["result"].clone(),
        };
        assert_eq!(answer(&row), expected, "{name}: {question}");
    }
    assert!(left.is_empty(), "{name} has no such rows: {left:?}");
}

fn with(name: HeaderName, value: &Value) -> HeaderMap {
    value.as_str().map(|value| (name, value.parse().expect("a value"))).into_iter().collect()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Value {
    headers.get(name).map(|value| value.to_str().expect("a text")).into()
}

/// Says what Django's keywords say, as far as it can be said.
fn cache_control(keywords: &Value) -> Option<CacheControl> {
    let mut says = CacheControl::new();
    for (keyword, value) in keywords.as_object()? {
        let field = || HeaderName::from_bytes(value.as_str()?.as_bytes()).ok();
        says = match (&*keyword.replace('-', "_"), value) {
            ("public", Value::Bool(true)) => says.public(),
            ("private", Value::Bool(true)) => says.private(),
            ("immutable", Value::Bool(true)) => says.immutable(),
            ("must_revalidate", Value::Bool(true)) => says.must_revalidate(),
            ("proxy_revalidate", Value::Bool(true)) => says.proxy_revalidate(),
            ("must_understand", Value::Bool(true)) => says.must_understand(),
            ("no_transform", Value::Bool(true)) => says.no_transform(),
            ("no_cache", Value::Bool(true)) => says.no_cache(),
            ("no_cache", Value::String(_)) => says.no_cache_fields(field()),
            ("max_age", value) => says.max_age(value.as_u64()?),
            ("s_maxage", value) => says.s_maxage(value.as_u64()?),
            ("stale_while_revalidate", value) => says.stale_while_revalidate(value.as_u64()?),
            ("stale_if_error", value) => says.stale_if_error(value.as_u64()?),
            _ => return None,
        };
    }
    Some(says)
}

#[test]
fn cache_control_is_edited_as_django_edits_it_but_for_what_is_named() {
    let unsaid = json!("cannot be said");
    let no_sense = "options of no sense";
    let fields = "names of fields in `no-cache`";
    let others = [
        (json!([null, {"max_age": -5}]), unsaid.clone(), no_sense),
        (json!([null, {"max_age": 1.5}]), unsaid.clone(), no_sense),
        (json!([null, {"private": false}]), unsaid.clone(), no_sense),
        (json!([null, {"private": 1}]), unsaid.clone(), no_sense),
        (json!([null, {"public": null}]), unsaid.clone(), no_sense),
        (json!([null, {"community": "UCI"}]), unsaid, "directives of one's own"),
        (json!([null, {}]), json!({"ok": null}), "nothing to say"),
        (json!(["max-age=abc", {"max_age": 60}]), json!({"ok": "max-age=0"}), "a `max-age` that is no number"),
        (json!(["max-age = 60", {"max_age": 90}]), json!({"ok": "max-age=0"}), "`max-age = 60`"),
        (
            json!(["private=\"X-A, X-B\"", {"max_age": 5}]),
            json!({"ok": "private=\"X-A, X-B\", max-age=5"}),
            "quoted lists",
        ),
        (json!(["", {"no_cache": "Set-Cookie"}]), json!({"ok": "no-cache=\"set-cookie\""}), fields),
        (json!(["", {"no-cache": "Set-Cookie"}]), json!({"ok": "no-cache=\"set-cookie\""}), fields),
        (json!(["no-cache=Set-Cookie", {"no_cache": "Link"}]), json!({"ok": "no-cache=\"set-cookie, link\""}), fields),
        (
            json!(["no-cache=Set-Cookie,no-cache=Link", {"no_cache": "Custom"}]),
            json!({"ok": "no-cache=\"set-cookie, link, custom\""}),
            fields,
        ),
    ];
    replay("patch_cache_control", &["initial", "set"], &others, |row| {
        let Some(says) = cache_control(&row["set"]) else { return json!("cannot be said") };
        let mut headers = with(CACHE_CONTROL, &row["initial"]);
        says.apply(&mut headers);
        json!({"ok": text(&headers, CACHE_CONTROL)})
    });
}

#[test]
fn vary_is_edited_as_django_edits_it_but_for_what_is_named() {
    let lower = "names that are added to `Vary`";
    let others = [
        (json!([null, []]), json!({"ok": null}), "nothing to say"),
        (json!([null, ["Cookie", "Cookie"]]), json!({"ok": "cookie"}), "one name twice in a call"),
        (json!([null, ["Accept-Encoding"]]), json!({"ok": "accept-encoding"}), lower),
        (json!(["Cookie", ["Accept-Encoding"]]), json!({"ok": "Cookie, accept-encoding"}), lower),
        (json!([null, ["Accept-Encoding", "COOKIE"]]), json!({"ok": "accept-encoding, cookie"}), lower),
        (json!(["", ["Cookie"]]), json!({"ok": "cookie"}), lower),
        (json!(["Cookie,,X", ["A"]]), json!({"ok": "Cookie, X, a"}), lower),
    ];
    replay("patch_vary_headers", &["initial", "add"], &others, |row| {
        let mut headers = with(VARY, &row["initial"]);
        let names = row["add"].as_array().expect("names");
        headers::vary(&mut headers, names.iter().map(name_of));
        json!({"ok": text(&headers, VARY)})
    });
}

fn name_of(name: &Value) -> HeaderName {
    name.as_str().expect("a name").trim().parse().expect("a name")
}

#[test]
fn what_a_response_varies_on_is_read_as_django_reads_it_but_for_what_is_named() {
    let others = [(json!(["*", "Cookie"]), json!(true), "`Vary: *`")];
    replay("has_vary_header", &["vary", "query"], &others, |row| {
        headers::varies_on(&with(VARY, &row["vary"]), &name_of(&row["query"])).into()
    });
}

#[test]
fn max_age_is_read_as_django_reads_it_but_for_what_is_named() {
    let no_number = "a `max-age` that is no number";
    let others = [
        (json!(["max-age=abc"]), json!(0), no_number),
        (json!(["max-age"]), json!(0), no_number),
        (json!(["max-age="]), json!(0), no_number),
        (json!(["max-age=-1"]), json!(0), no_number),
        (json!(["max-age=1.5"]), json!(0), no_number),
        (json!(["max-age = 60"]), json!(0), "`max-age = 60`"),
        (json!(["max-age=\"60\""]), json!(60), "`max-age=\"60\"`"),
        (json!(["max-age=10, max-age=20"]), json!(10), "`max-age` twice"),
    ];
    replay("get_max_age", &["cache_control"], &others, |row| {
        headers::max_age(&with(CACHE_CONTROL, &row["cache_control"])).into()
    });
}

fn headers_of(row: &Value) -> HeaderMap {
    let pairs = row["headers"].as_object().expect("headers").iter();
    pairs
        .map(|(name, value)| (name.parse().expect("a name"), value.as_str().expect("a text").parse().expect("a value")))
        .collect()
}

fn both(headers: &HeaderMap) -> Value {
    json!({"Cache-Control": text(headers, CACHE_CONTROL), "Expires": text(headers, EXPIRES)})
}

#[test]
fn a_time_is_said_as_django_says_it_but_for_what_is_named() {
    let answered =
        |cache_control: &str, expires: &str| json!({"ok": {"Cache-Control": cache_control, "Expires": expires}});
    let unsaid = json!("cannot be said");
    let others = [
        (json!([{}, -5]), unsaid.clone(), "options of no sense"),
        (json!([{}, null]), unsaid, "a default time"),
        (
            json!([{"Cache-Control": "max-age=10"}, 60]),
            answered("max-age=10", "Tue, 14 Nov 2023 22:13:30 GMT"),
            "`Expires` beside a smaller `max-age`",
        ),
        (
            json!([{"Cache-Control": "max-age=bad"}, 60]),
            answered("max-age=0", "Tue, 14 Nov 2023 22:13:20 GMT"),
            "a `max-age` that is no number",
        ),
    ];
    replay("patch_response_headers", &["headers", "timeout"], &others, |row| {
        let Some(time) = row["timeout"].as_u64() else { return json!("cannot be said") };
        let mut headers = headers_of(row);
        headers::fresh_for(&mut headers, time, now());
        json!({"ok": both(&headers)})
    });
}

#[test]
fn what_is_never_cached_says_so_as_in_django_but_for_what_is_named() {
    let never = "max-age=0, no-cache, no-store, must-revalidate, private";
    let others = [(
        json!([{"Expires": "Wed, 15 Nov 2023 00:00:00 GMT"}]),
        json!({"Cache-Control": never, "Expires": "Tue, 14 Nov 2023 22:13:20 GMT"}),
        "`Expires` of what is never cached",
    )];
    replay("add_never_cache_headers", &["headers"], &others, |row| {
        let mut headers = headers_of(row);
        headers::never_cached(&mut headers, now());
        both(&headers)
    });
}

#[test]
fn dates_are_read_as_django_reads_them_but_for_what_is_named() {
    let others = [(json!(["sun, 06 nov 1994 08:49:37 gmt"]), json!(784_111_777), "dates in another case")];
    replay("parse_http_date", &["text"], &others, |row| {
        let value: HeaderValue = row["text"].as_str().expect("a text").parse().expect("a value");
        let secs = |time: SystemTime| time.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        headers::read_date(&value, now()).map(secs).into()
    });
}

#[test]
fn an_entity_tag_is_quoted_as_django_quotes_it() {
    replay("quote_etag", &["text"], &[], |row| {
        let tag = headers::entity_tag(row["text"].as_str().expect("a text")).expect("a tag");
        tag.to_str().expect("a text").into()
    });
}
