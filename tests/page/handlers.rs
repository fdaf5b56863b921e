//! What handlers of axum take and return, and what stands above them.

use std::convert::Infallible;

pub use axum::Router as Routes;
use axum::body::Body;
use axum::extract::FromRequestParts;
pub use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
pub use axum::routing::MethodRouter as Route;
pub use axum::routing::any;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
pub use larder::{cache_control, etag, last_modified, never_cache, vary_on_cookie, vary_on_headers};

use crate::visit::response;

pub type Answer = Response;

pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    response(status, headers, body)
}

/// The headers of a request.
pub struct Headers(pub HeaderMap);

impl<S: Sync> FromRequestParts<S> for Headers {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.clone()))
    }
}

/// An error that is no page.
pub struct Refused(pub u16);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::from_u16(self.0).expect("a status").into_response()
    }
}
