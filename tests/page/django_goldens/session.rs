//! Sessions as Django's middleware hands them out: whoever reads one makes the response vary on the cookie.

use axum::body::Body;
use http::header::COOKIE;
use http::{Request, Response};
use larder::page::headers;

use super::super::site::Next;
use crate::django::view::Session;

pub async fn session(mut request: Request<Body>, next: Next) -> Response<Body> {
    let session = Session::default();
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    if session.is_read() {
        headers::vary(response.headers_mut(), [COOKIE]);
    }
    response
}
