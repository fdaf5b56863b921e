use http::HeaderValue;

use super::super::super::grammar::date;
use super::super::Statuses;
use super::*;

/// 1 January 2026, in milliseconds.
const NOW: u64 = 1_767_225_600_000;
const TIMES: Times = Times { asked: NOW, answered: NOW, good_for: None };

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).expect("a value");
    lines.iter().map(|(name, text)| (name.parse::<HeaderName>().expect("a name"), value(text))).collect()
}

fn keep(policy: &Policy, lines: &[(&str, &str)]) -> Result<Facts, Refusal> {
    policy.keep(&Wanted::default(), StatusCode::OK, &headers(lines), TIMES)
}

/// How many seconds a response that says this is fresh, may be stale, and may be stale on an error.
fn times(policy: &Policy, cache_control: &str) -> Option<(u64, u64, u64)> {
    let facts = keep(policy, &[("cache-control", cache_control), ("etag", "\"a\"")]).ok()?;
    Some((facts.fresh / 1000, facts.stale / 1000, facts.stale_if_error / 1000))
}

#[test]
fn the_time_of_the_site_is_the_most_there_is() {
    let site = Policy { time: Some(60), usual: Some(7), heuristics: true, ..Policy::default() };
    let table = [
        ("", 60),
        ("public", 60),
        ("max-age=600", 60),
        ("max-age=10", 10),
        ("max-age=600, s-maxage=20", 20),
        ("max-age=0", 0),
    ];
    for (said, fresh) in table {
        assert_eq!(times(&site, said), Some((fresh, 0, 0)), "{said}");
    }
    let expires = headers(&[("expires", "0")]);
    assert_eq!(site.keep(&Wanted::default(), StatusCode::OK, &expires, TIMES), Err(Refusal::Useless));
}

#[test]
fn without_a_time_of_the_site_the_response_says_it_then_a_guess_and_then_the_usual() {
    let modified = date::write(NOW / 1000 - 1000);
    let lines = [("last-modified", modified.to_str().expect("ASCII"))];
    let fresh = |policy: &Policy, lines: &[_]| keep(policy, lines).map(|facts| facts.fresh / 1000);
    let usual = Policy { usual: Some(7), ..Policy::default() };
    let guessing = Policy { heuristics: true, ..usual.clone() };
    assert_eq!(fresh(&Policy::default(), &lines), Err(Refusal::NoTime));
    assert_eq!(fresh(&usual, &lines), Ok(7));
    assert_eq!(fresh(&guessing, &lines), Ok(100));
    assert_eq!(fresh(&guessing, &[]), Ok(7));
    assert_eq!(fresh(&guessing, &[lines[0], ("cache-control", "max-age=9")]), Ok(9));
}

#[test]
fn a_page_whose_age_is_in_doubt_is_asked_for_each_time_where_the_site_doubts() {
    let (doubts, believes) = (Policy::default(), Policy::rfc());
    let table = [("x", 0), ("-1", 0), ("7, 0", 7), ("7", 7)];
    for (said, age) in table {
        let page = |policy: &Policy| {
            let lines = [("cache-control", "max-age=60"), ("etag", "\"a\""), ("age", said)];
            keep(policy, &lines).map(|facts| (facts.always_ask, facts.age(NOW)))
        };
        assert_eq!((page(&doubts), page(&believes)), (Ok((said != "7", age)), Ok((false, age))), "{said}");
    }
    assert_eq!(keep(&doubts, &[("cache-control", "max-age=60"), ("age", "x")]), Err(Refusal::Useless));
}

#[test]
fn a_status_code_may_have_a_time_of_its_own() {
    let statuses = Statuses::default().and_for(StatusCode::NOT_FOUND, 5).and(StatusCode::FOUND);
    let policy = Policy { time: Some(60), statuses, ..Policy::default() };
    let fresh = |code, said| {
        let status = StatusCode::from_u16(code).expect("a status code");
        let kept = policy.keep(&Wanted::default(), status, &headers(&[("cache-control", said)]), TIMES);
        kept.map(|facts| facts.fresh / 1000)
    };
    assert_eq!(fresh(404, ""), Ok(5));
    assert_eq!(fresh(404, "max-age=2"), Ok(2));
    assert_eq!(fresh(302, ""), Ok(60));
    for code in [206, 303, 304, 500, 503] {
        assert_eq!(fresh(code, "public, max-age=600"), Err(Refusal::Status), "{code}");
    }
}

#[test]
fn server_errors_are_kept_only_where_the_site_keeps_errors() {
    let statuses = Statuses::default().and_for(StatusCode::SERVICE_UNAVAILABLE, 5);
    let keep = |policy: &Policy| {
        let kept = policy.keep(&Wanted::default(), StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new(), TIMES);
        kept.map(|facts| (facts.fresh, facts.stale_if_error))
    };
    let policy = Policy { statuses, stale_if_error: 60, ..Policy::default() };
    assert_eq!(keep(&policy), Err(Refusal::Status));
    assert_eq!(keep(&Policy { keep_errors: true, ..policy }), Ok((5000, 0)), "an error stands in for no error");
}

#[test]
fn each_rule_has_a_refusal_of_its_own() {
    let site = Policy { time: Some(60), ..Policy::default() };
    let table: [(&[(&str, &str)], Refusal); 12] = [
        (&[("cache-control", "no-store")], Refusal::NoStore),
        (&[("cache-control", "NO-STORE, max-age=9")], Refusal::NoStore),
        (&[("cache-control", "private")], Refusal::Private),
        (&[("cache-control", "private=\"\"")], Refusal::Private),
        (&[("cache-control", "max-age=9"), ("cache-control", "Private")], Refusal::Private),
        (&[("set-cookie", "a=b")], Refusal::Cookie),
        (&[("cache-control", "public, max-age=9"), ("set-cookie", "a=b")], Refusal::Cookie),
        (&[("vary", "*")], Refusal::Vary),
        (&[("vary", "Cookie"), ("vary", " *")], Refusal::Vary),
        (&[("vary", "no name")], Refusal::Vary),
        (&[("cache-control", "no-cache")], Refusal::Useless),
        (&[("cache-control", "max-age=0")], Refusal::Useless),
    ];
    for (lines, refusal) in table {
        assert_eq!(keep(&site, lines), Err(refusal), "{lines:?}");
    }
    let head = Wanted { head: true, ..Wanted::default() };
    assert_eq!(site.keep(&head, StatusCode::OK, &HeaderMap::new(), TIMES), Err(Refusal::Head));
}

#[test]
fn who_understands_the_status_code_may_keep_what_others_may_not() {
    let said = headers(&[("cache-control", "must-understand, no-store, max-age=9")]);
    let keep = |code| {
        let status = StatusCode::from_u16(code).expect("a status code");
        Policy::rfc().keep(&Wanted::default(), status, &said, TIMES).map(|facts| facts.fresh)
    };
    assert_eq!(keep(200), Ok(9000));
    assert_eq!(keep(299), Err(Refusal::NotUnderstood));
}

#[test]
fn a_request_with_authorization_needs_a_word_of_the_response() {
    let authorized = Wanted { authorized: true, ..Wanted::default() };
    let site = Policy { time: Some(60), ..Policy::default() };
    let table = [("", false), ("max-age=9", false), ("public", true), ("must-revalidate", true), ("s-maxage=9", true)];
    for (said, allowed) in table {
        let headers = headers(&[("cache-control", said)]);
        let kept = site.keep(&authorized, StatusCode::OK, &headers, TIMES);
        assert_eq!(kept.err(), (!allowed).then_some(Refusal::Authorization), "{said}");
        let facts = site.keep(&Wanted::default(), StatusCode::OK, &headers, TIMES).expect("it is kept");
        assert_eq!(facts.for_authorized, allowed, "{said}");
    }
}

#[test]
fn nothing_is_stale_that_does_not_say_so_or_is_told_to_by_the_site() {
    let site = Policy { stale: 3, stale_if_error: 4, ..Policy::default() };
    let table = [
        ("max-age=9", Some((9, 0, 0)), Some((9, 3, 4))),
        ("max-age=9, stale-while-revalidate=5", Some((9, 5, 0)), Some((9, 5, 4))),
        ("max-age=9, stale-if-error=6", Some((9, 0, 6)), Some((9, 3, 6))),
        ("max-age=9, stale-if-error=0, stale-while-revalidate=0", Some((9, 0, 0)), Some((9, 0, 0))),
        ("max-age=9, must-revalidate, stale-if-error=6", Some((9, 0, 0)), Some((9, 0, 0))),
        ("max-age=9, proxy-revalidate, stale-while-revalidate=5", Some((9, 0, 0)), Some((9, 0, 0))),
        ("s-maxage=9", Some((9, 0, 0)), Some((9, 0, 0))),
        ("s-maxage=9, stale-while-revalidate=5", Some((9, 5, 0)), Some((9, 5, 0))),
        ("s-maxage=9, must-revalidate, stale-while-revalidate=5", Some((9, 0, 0)), Some((9, 0, 0))),
        ("max-age=9, no-cache, stale-if-error=6", Some((9, 0, 0)), Some((9, 0, 0))),
    ];
    for (said, by_default, by_the_site) in table {
        assert_eq!(times(&Policy::default(), said), by_default, "{said}");
        assert_eq!(times(&site, said), by_the_site, "{said}");
    }
}

#[test]
fn a_targeted_field_counts_in_the_place_of_cache_control_and_expires() {
    let cdn = |targeted, others: &[(&'static str, &'static str)]| {
        let mut lines = vec![("cdn-cache-control", targeted)];
        lines.extend(others);
        keep(&Policy::default(), &lines).map(|facts| facts.fresh / 1000)
    };
    assert_eq!(cdn("max-age=60", &[("cache-control", "no-store")]), Ok(60));
    assert_eq!(cdn("no-store", &[("cache-control", "max-age=60")]), Err(Refusal::NoStore));
    assert_eq!(cdn("public", &[("expires", "Thu, 01 Jan 2099 00:00:00 GMT")]), Err(Refusal::NoTime));
    assert_eq!(cdn("", &[("cache-control", "max-age=7")]), Ok(7));
    assert_eq!(cdn("max-age=60,,", &[("cache-control", "max-age=7")]), Ok(7), "malformed, and not there");
}

#[test]
fn of_several_targeted_fields_the_first_of_the_list_counts() {
    let targeted = ["larder-cache-control", "cdn-cache-control"].map(HeaderName::from_static).to_vec();
    let policy = Policy { targeted, ..Policy::default() };
    let lines = [("cdn-cache-control", "max-age=1"), ("larder-cache-control", "max-age=2")];
    assert_eq!(keep(&policy, &lines).map(|facts| facts.fresh), Ok(2000));
    assert_eq!(keep(&policy, &lines[..1]).map(|facts| facts.fresh), Ok(1000));
}

#[test]
fn what_a_response_names_is_not_kept_and_the_rest_is() {
    let lines = [
        ("cache-control", "max-age=9, no-cache=\"a, Set-Cookie\", private=\"c\""),
        ("a", "1"),
        ("b", "2"),
        ("c", "3"),
        ("set-cookie", "x=y"),
        ("age", "5"),
        ("connection", "d"),
        ("d", "4"),
    ];
    let facts = keep(&Policy::default(), &lines).expect("its cookie is not kept, so it may be");
    assert!(!facts.always_ask);
    let kept = Policy::default().kept_headers(&headers(&lines));
    assert_eq!(kept, headers(&lines[..1]).into_iter().chain(headers(&lines[2..3])).map(named).collect::<HeaderMap>());
}

fn named((name, value): (Option<HeaderName>, HeaderValue)) -> (HeaderName, HeaderValue) {
    (name.expect("one line each"), value)
}

#[test]
fn what_has_a_validator_is_kept_to_be_asked_for() {
    let facts = |said| keep(&Policy::default(), &[("cache-control", said), ("etag", "abc")]).expect("it is kept");
    assert!(facts("no-cache").always_ask && facts("no-cache").validator);
    assert_eq!(facts("max-age=0").kept_until(), NOW + 3_600_000);
    assert_eq!(keep(&Policy::default(), &[("etag", "\"a\"")]), Err(Refusal::NoTime));
    let dated = keep(&Policy::default(), &[("cache-control", "no-cache"), ("last-modified", "foo")]);
    assert_eq!(dated, Err(Refusal::Useless), "what is no date cannot be asked with");
}

#[test]
fn absurd_numbers_are_no_panic() {
    let seconds = ["-1", "0", "1", "2147483648", "18446744073709551615", "99999999999999999999999"];
    let dates = ["0", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"];
    let clocks = [0, 1, NOW, u64::MAX - 1, u64::MAX];
    let policy = Policy { time: None, usual: Some(u64::MAX), stale: u64::MAX, ..Policy::rfc() };
    for (number, date) in seconds.into_iter().flat_map(|number| dates.map(|date| (number, date))) {
        let said = format!("max-age={number}, stale-while-revalidate={number}, stale-if-error={number}");
        for lines in [
            &[("cache-control", &*said), ("age", number), ("date", date)] as &[_],
            &[("expires", date), ("date", date), ("age", number)],
            &[("last-modified", date), ("age", number)],
            &[("date", date)],
        ] {
            for (asked, answered) in clocks.into_iter().flat_map(|asked| clocks.map(|answered| (asked, answered))) {
                let times = Times { asked, answered, ..Times::default() };
                let kept = policy.keep(&Wanted::default(), StatusCode::OK, &headers(lines), times);
                assert!(
                    kept.is_err() || kept.is_ok_and(|facts| facts.born <= answered && facts.kept_until() > answered)
                );
            }
        }
    }
}

/// A status code, the lines of a response, and how long it is fresh.
type Case<'a> = (u16, &'a [(&'a str, &'a str)], Result<u64, Refusal>);

#[test]
fn what_a_handler_says_comes_before_the_times_of_the_site_and_changes_nothing_else() {
    let statuses = Statuses::default().and_for(StatusCode::NOT_FOUND, 5);
    let sites = [
        Policy { time: Some(60), statuses: statuses.clone(), ..Policy::default() },
        Policy { usual: Some(60), heuristics: true, statuses, ..Policy::default() },
    ];
    let old = ("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT");
    let cases: [Case; 7] = [
        (200, &[], Ok(1500)),
        (404, &[], Ok(1500)),
        (200, &[old], Ok(1500)),
        (200, &[("cache-control", "max-age=9")], Ok(1500)),
        (200, &[("cache-control", "max-age=1")], Ok(1000)),
        (200, &[("cache-control", "private")], Err(Refusal::Private)),
        (500, &[], Err(Refusal::Status)),
    ];
    for policy in sites {
        for (code, lines, expected) in cases {
            let status = StatusCode::from_u16(code).expect("a status code");
            let times = Times { good_for: Some(1500), ..TIMES };
            let kept = policy.keep(&Wanted::default(), status, &headers(lines), times);
            assert_eq!(kept.map(|facts| facts.fresh), expected, "{code} {lines:?}");
        }
    }
}
