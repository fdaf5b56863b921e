//! The conditions of a request, as an argument of handlers, and the answer where they leave nothing to do.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use crate::page::body::PageBody;
use crate::page::early::{Conditions, Early, Known};

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.method, &parts.headers))
    }
}

impl Conditions {
    /// Returns the answer, where the handler need not run, or must not; else what its own answer is to say.
    #[doc(hidden)]
    pub fn judge(self, tag: Option<HeaderValue>, modified: Option<SystemTime>) -> ControlFlow<Response, Known> {
        self.decide(tag, modified).map_break(response)
    }
}

/// Makes a response. A router must not take the body of a 304 for a page of no bytes, and say so.
fn response(Early { status, headers }: Early) -> Response {
    match status {
        StatusCode::NOT_MODIFIED => (status, headers, Body::new(PageBody::<Body>::absent())).into_response(),
        _ => (status, headers).into_response(),
    }
}

impl Known {
    /// Says so on the page, unless that says it itself, or there is none.
    #[must_use]
    pub fn on(self, mut response: Response) -> Response {
        self.say(response.status(), response.headers_mut());
        response
    }
}
