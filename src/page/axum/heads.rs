//! What the attributes of headers do to the response of a handler.
#![allow(clippy::must_use_candidate, reason = "expansions alone call these, and use them")]

use std::convert::Infallible;

use axum::response::{IntoResponseParts, Response, ResponseParts};

use http::HeaderName;

use crate::page::early::now;
use crate::page::headers::{self, CacheControl};

/// Says to caches what a handler says of its pages. Of an error nothing is said that has it kept: a handler that fails means
/// its page, and not what has become of it.
pub fn say_to_caches(says: CacheControl, mut response: Response) -> Response {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let says = if is_error { says.of_errors() } else { says };
    says.apply(response.headers_mut());
    response
}

/// Says in a response that nobody keeps it.
pub fn never_cached(mut response: Response) -> Response {
    headers::never_cached(response.headers_mut(), now());
    response
}

/// Says in a response which headers of the request it depends on.
pub fn vary_on<const N: usize>(on: [&'static str; N], mut response: Response) -> Response {
    headers::vary(response.headers_mut(), on.map(HeaderName::from_static));
    response
}

impl IntoResponseParts for CacheControl {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        self.apply(response.headers_mut());
        Ok(response)
    }
}
