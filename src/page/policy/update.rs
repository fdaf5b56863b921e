//! What an answer says of a response that is stored already (RFC 9111, 3.2, 4.3).

use http::header::{
    AGE, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, header};

use crate::page::grammar::{EntityTag, list};

/// What is for one connection, or between a proxy and its client (RFC 9110, 7.6.1; RFC 9111, 3.1).
const HOPS: [HeaderName; 10] = [
    CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-authentication-info"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("keep-alive"),
];

/// What describes the stored bytes: an answer without them cannot know better.
const OF_THE_BYTES: [HeaderName; 5] =
    [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderName::from_static("content-md5")];

/// Returns what a stored response is asked for with: its tag as it is written, and its date (RFC 9111, 4.3.1).
pub(crate) fn conditions(stored: &HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let pairs = [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)];
    pairs.into_iter().filter_map(|(said, asked)| Some((asked, stored.get(said)?.clone())))
}

/// Returns whether the stored response is the one that a 304 speaks of (RFC 9111, 4.3.4). If not, the handler has to be
/// asked again, with no conditions.
///
/// A strong tag that is not the stored one speaks of something else. Where a tag was all that the handler was asked
/// with, though, the 304 can speak of nothing but that, whatever it says.
pub(crate) fn freshens(stored: &HeaderMap, answer: &HeaderMap) -> bool {
    let same = match (EntityTag::of(answer), EntityTag::of(stored)) {
        (Some(said), Some(own)) if said.weak => said.weak_eq(own),
        (Some(said), Some(own)) => said.strong_eq(own),
        (Some(said), None) => said.weak && answer.contains_key(LAST_MODIFIED) && same_date(stored, answer),
        (None, _) => same_date(stored, answer),
    };
    same || EntityTag::of(stored).is_some() && !stored.contains_key(LAST_MODIFIED)
}

/// Returns the headers of a stored response after an answer without a body, 304 or one to `HEAD`, told what is new.
///
/// All lines of a field are replaced, but not what describes the stored bytes, nor what is not kept at all. The old
/// `Date` and `Age` are of no use without new ones: what was confirmed now is not as old as that. With these headers
/// the response goes through [`Policy::keep`](super::Policy::keep) and
/// [`Policy::kept_headers`](super::Policy::kept_headers) again.
pub(crate) fn updated(stored: &HeaderMap, answer: &HeaderMap) -> HeaderMap {
    let news = without_hops(answer, |name| OF_THE_BYTES.contains(name));
    let is_replaced = |name: &HeaderName| name == DATE || name == AGE || news.contains_key(name);
    let mut updated = without_hops(stored, is_replaced);
    for (name, value) in &news {
        updated.append(name.clone(), value.clone());
    }
    updated
}

/// Returns whether an answer to `HEAD` speaks of the stored response (RFC 9111, 4.3.5): it then freshens it. If not,
/// the stored response is not the newest any more, and has to be asked for.
pub(crate) fn head_agrees(stored: &HeaderMap, length: u64, answer: &HeaderMap) -> bool {
    let stored_length = HeaderValue::from(length);
    let same_length = answer.get(CONTENT_LENGTH).is_none_or(|said| *said == stored_length);
    same_length && same_line(stored, answer, &ETAG) && same_date(stored, answer)
}

fn same_date(stored: &HeaderMap, answer: &HeaderMap) -> bool {
    same_line(stored, answer, &LAST_MODIFIED)
}

/// Returns whether a field is not in the answer, or is the stored one.
fn same_line(stored: &HeaderMap, answer: &HeaderMap, name: &HeaderName) -> bool {
    answer.get(name).is_none_or(|said| stored.get(name) == Some(said))
}

/// Returns the headers of a response without those that end with their connection, and without some more.
pub(super) fn without_hops(headers: &HeaderMap, left_out: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named: Vec<_> = list::elements(headers, &CONNECTION).collect();
    let is_named = |name: &HeaderName| named.iter().any(|named| name.as_str().as_bytes().eq_ignore_ascii_case(named));
    let is_kept = |name: &HeaderName| !HOPS.contains(name) && !is_named(name) && !left_out(name);
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| is_kept(name)) {
        kept.append(name.clone(), value.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line<'a> = (&'a str, &'a str);

    fn headers(lines: &[Line]) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("a value");
        lines.iter().map(|(name, text)| (name.parse::<HeaderName>().expect("a name"), value(text))).collect()
    }

    /// The fields of the suite's header-list.mjs, by what update304.mjs and headers.mjs ask for.
    const UPDATED: [&str; 16] = [
        "test-header",
        "x-test-header",
        "content-foo",
        "x-content-foo",
        "cache-control",
        "content-location",
        "content-security-policy",
        "content-type",
        "clear-site-data",
        "expires",
        "public-key-pins",
        "set-cookie",
        "set-cookie2",
        "x-frame-options",
        "x-xss-protection",
        "vary",
    ];
    const NOT_UPDATED: [&str; 5] = ["content-encoding", "content-length", "content-md5", "content-range", "etag"];
    const NOT_KEPT: [&str; 10] = [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
        "trailer",
    ];

    #[test]
    fn an_answer_updates_what_the_suite_asks_for() {
        for (names, expected) in [(&UPDATED[..], Some("b")), (&NOT_UPDATED, Some("a")), (&NOT_KEPT, None)] {
            for name in names {
                let updated = updated(&headers(&[(name, "a"), ("kept", "a")]), &headers(&[(name, "b")]));
                assert_eq!(updated.get(*name), expected.map(HeaderValue::from_static).as_ref(), "{name}");
                assert_eq!(updated["kept"], "a");
            }
        }
    }

    #[test]
    fn all_lines_of_a_field_are_replaced_and_the_old_date_is_gone() {
        let stored = headers(&[("link", "a"), ("link", "b"), ("date", "x"), ("set-cookie", "k=v"), ("age", "5")]);
        let answer = headers(&[("link", "c"), ("link", "d"), ("link", "e")]);
        let expected = headers(&[("set-cookie", "k=v"), ("link", "c"), ("link", "d"), ("link", "e")]);
        assert_eq!(updated(&stored, &answer), expected);
        let newer = [("date", "y"), ("age", "1")];
        assert_eq!(updated(&headers(&[("date", "x"), ("age", "5")]), &headers(&newer)), headers(&newer));
    }

    #[test]
    fn what_connection_names_is_neither_kept_nor_updated() {
        let answer = headers(&[("connection", "a, B"), ("a", "2"), ("b", "2"), ("c", "2")]);
        let kept = without_hops(&answer, |_| false);
        assert_eq!(kept, headers(&[("c", "2")]));
        assert_eq!(updated(&headers(&[("a", "1")]), &answer), headers(&[("a", "1"), ("c", "2")]));
    }

    #[test]
    fn a_response_is_asked_for_with_its_tag_as_it_is_written_and_with_its_date() {
        let stored = headers(&[("etag", "abc"), ("last-modified", "x"), ("date", "y")]);
        let asked: HeaderMap = conditions(&stored).collect();
        assert_eq!(asked, headers(&[("if-none-match", "abc"), ("if-modified-since", "x")]));
        assert_eq!(conditions(&headers(&[("date", "y")])).count(), 0);
    }

    #[test]
    fn a_304_freshens_the_response_that_it_speaks_of() {
        let (strong, weak, dated) = (("etag", "\"a\""), ("etag", "W/\"a\""), ("last-modified", "x"));
        let table: [(&[Line], &[Line], bool); 17] = [
            (&[strong, dated], &[strong], true),
            (&[strong, dated], &[strong, ("last-modified", "y")], true),
            (&[strong, dated], &[("etag", "\"b\""), dated], false),
            (&[strong, dated], &[weak], true),
            (&[weak, dated], &[strong], false),
            (&[weak, dated], &[weak], true),
            (&[weak, dated], &[("etag", "W/\"b\""), dated], false),
            (&[dated], &[dated], true),
            (&[dated], &[("last-modified", "y")], false),
            (&[dated], &[strong, dated], false),
            (&[dated], &[weak, dated], true),
            (&[dated], &[weak], false),
            (&[strong, dated], &[], true),
            (&[dated], &[], true),
            // Asked with a tag and nothing else, an answer speaks of that tag: `304-etag-update-response-ETag` of the
            // suite.
            (&[strong], &[("etag", "\"b\"")], true),
            (&[weak], &[strong], true),
            (&[("etag", "abc"), dated], &[("etag", "abc"), dated], true),
        ];
        for (stored, answer, expected) in table {
            assert_eq!(freshens(&headers(stored), &headers(answer)), expected, "{stored:?} {answer:?}");
        }
    }

    #[test]
    fn an_answer_to_head_agrees_unless_it_says_something_else() {
        let stored = headers(&[("etag", "\"a\""), ("last-modified", "x")]);
        let table: [(&[Line], bool); 8] = [
            (&[], true),
            (&[("template-a", "2"), ("cache-control", "max-age=1000")], true),
            (&[("content-length", "10")], true),
            (&[("content-length", "11")], false),
            (&[("etag", "\"a\""), ("last-modified", "x")], true),
            (&[("etag", "\"b\"")], false),
            (&[("etag", "W/\"a\"")], false),
            (&[("last-modified", "y")], false),
        ];
        for (answer, expected) in table {
            assert_eq!(head_agrees(&stored, 10, &headers(answer)), expected, "{answer:?}");
        }
        assert!(!head_agrees(&HeaderMap::new(), 10, &stored), "it had no tag before");
    }
}
