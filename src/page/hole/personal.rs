//! What an answer says of itself that was filled for one visitor.

use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, ETAG, EXPIRES, HeaderName, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

use crate::page::grammar::Directives;

/// What speaks of the content as it is kept, and is wrong of what was filled.
const OF_THE_CONTENT: [HeaderName; 5] = [
    CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
];

/// What would have the next request be answered with 304 or with a part.
const VALIDATORS: [HeaderName; 3] = [ETAG, LAST_MODIFIED, ACCEPT_RANGES];

/// What tells caches on the way more than `Cache-Control` does, beside what ends in [`TARGETED`].
const FOR_CACHES: [HeaderName; 4] = [
    EXPIRES,
    HeaderName::from_static("surrogate-control"),
    HeaderName::from_static("edge-control"),
    HeaderName::from_static("x-accel-expires"),
];

/// The end of `CDN-Cache-Control` and of its kin (RFC 9213).
const TARGETED: &str = "cdn-cache-control";

/// Makes headers those of an answer to one visitor, of which its handler said this.
///
/// Nobody on the way may keep it, since it is for one person. The browser may, for going back, and asks each time: what
/// is filled in may be over with a session or a sign-in, of which no time that is said here knows.
pub(in crate::page) fn to_one(headers: &mut HeaderMap, said: &Directives, is_page: bool) {
    let targeted: Vec<_> = headers.keys().filter(|name| name.as_str().ends_with(TARGETED)).cloned().collect();
    // After a change validators are of what was changed, and the next one is made on their condition.
    let validators = if is_page { &VALIDATORS[..] } else { &[] };
    for name in OF_THE_CONTENT.iter().chain(&FOR_CACHES).chain(&targeted).chain(validators) {
        headers.remove(name);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(words(said.no_store, said.no_transform)));
}

const fn words(no_store: bool, no_transform: bool) -> &'static str {
    match (no_store, no_transform) {
        (false, false) => "private, no-cache",
        (true, false) => "private, no-cache, no-store",
        (false, true) => "private, no-cache, no-transform",
        (true, true) => "private, no-cache, no-store, no-transform",
    }
}
