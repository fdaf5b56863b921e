//! What the attributes of headers do to the response of a handler.
#![allow(clippy::must_use_candidate, reason = "expansions alone call these, and use them")]

use std::time::SystemTime;

use axum::response::Response;
use http::{HeaderName, HeaderValue};

use crate::page::early::{IntoEntityTag, IntoLastModified, now};
use crate::page::headers::{self, CacheControl};

pub use crate::page::early::Conditions;

/// Says to caches what a handler says of its pages. Of an error nothing is said that has it kept: a handler that fails means
/// its page, and not what has become of it.
pub fn say_to_caches(says: CacheControl, mut response: Response) -> Response {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let says = if is_error { says.of_errors() } else { says };
    says.apply(response.headers_mut());
    response
}

pub fn never_cached(mut response: Response) -> Response {
    headers::never_cached(response.headers_mut(), now());
    response
}

pub fn vary_on<const N: usize>(on: [&'static str; N], mut response: Response) -> Response {
    headers::vary(response.headers_mut(), names(on));
    response
}

/// Makes names of headers, which the macro has looked at and written in lower case.
pub fn names<const N: usize>(names: [&'static str; N]) -> [HeaderName; N] {
    names.map(HeaderName::from_static)
}

pub fn entity_tag(tag: impl IntoEntityTag) -> Option<HeaderValue> {
    tag.into_entity_tag()
}

pub fn last_modified(time: impl IntoLastModified) -> Option<SystemTime> {
    time.into_last_modified()
}
