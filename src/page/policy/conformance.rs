//! What the public conformance suite of HTTP caches asks for, where these functions alone decide it.
//!
//! A row is: what is done in the end | the test of the suite | status code, and seconds until the second request | the
//! first request | its answer | the second request. Headers are parted by ` / `; `@5` is the date in five seconds.
//!
//! What is done: `fresh` and `stale` are answered with what is stored, `ask` goes to the handler, `check` does so with
//! a validator; `spare`: the stored response answers if that fails. `no`: not kept. `pass`: the cache keeps out of it.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::{Ask, Policy, Reuse, Times, Wanted};
use crate::page::grammar::date;

/// 1 January 2026, in milliseconds.
const NOW: u64 = 1_767_225_600_000;

const TABLE: &str = include_str!("conformance.txt");

fn headers(text: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in text.split(" / ").map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').expect("a name and a value");
        let value = value.trim();
        let date = value.strip_prefix('@').map(|offset| offset.parse().expect("a number"));
        let written = |offset| date::write((NOW / 1000).saturating_add_signed(offset));
        let value = date.map_or_else(|| HeaderValue::from_str(value).expect("a value"), written);
        headers.append(HeaderName::from_bytes(name.as_bytes()).expect("a name"), value);
    }
    headers
}

fn wanted(policy: &Policy, request: &str) -> Option<Wanted> {
    let headers = headers(request);
    match policy.ask(&Method::GET, &headers, headers.contains_key(AUTHORIZATION)) {
        Ask::Look(wanted) => Some(wanted),
        Ask::Pass(_) => None,
    }
}

fn done(policy: &Policy, status: StatusCode, later: u64, first: &str, answer: &str, second: &str) -> String {
    let times = Times { asked: NOW, answered: NOW + 20, ..Times::default() };
    let first = wanted(policy, first).expect("a request for a cache");
    let facts = match policy.keep(&first, status, &headers(answer), times) {
        Ok(facts) => facts,
        Err(refusal) => return format!("no: {}", refusal.brief()),
    };
    let Some(second) = wanted(policy, second) else { return "pass".into() };
    let verb = if facts.validator { "check" } else { "ask" };
    match facts.reuse(&second, NOW + 40 + later * 1000) {
        Reuse::Fresh => "fresh".into(),
        Reuse::Stale => "stale".into(),
        Reuse::Ask { if_error: true } => format!("{verb}, spare"),
        Reuse::Ask { if_error: false } => verb.into(),
        Reuse::Nothing => "nothing".into(),
    }
}

#[test]
fn the_conformance_suite_is_answered_as_it_asks() {
    let rows = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows {
        let cells: Vec<_> = row.split(" |").map(str::trim).collect();
        let [expected, _, times, first, answer, second] = cells[..] else { panic!("{row}") };
        let (status, later) = times.split_once(' ').expect("a status code and a time");
        let status = status.parse().expect("a status code");
        let done = done(&Policy::rfc(), status, later.parse().expect("seconds"), first, answer, second);
        count += 1;
        if done != expected {
            wrong.push(format!("{done} and not {row}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "{count} rows");
}

/// status.mjs: any status code is kept that says how long, and none is used longer than that.
#[test]
fn all_status_codes_are_kept_that_say_how_long() {
    for code in [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599] {
        let status = StatusCode::from_u16(code).expect("a status code");
        let done = |answer| done(&Policy::rfc(), status, 0, "", answer, "");
        assert_eq!(done("expires: @100000 / last-modified: @0 / date: @0"), "fresh", "{code}");
        let stale = done("expires: @-5000 / last-modified: @-100000 / date: @0");
        assert!(stale.starts_with("check"), "{code} {stale}");
    }
}
