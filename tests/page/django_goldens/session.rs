//! Sessions as Django's middleware hands them out: whoever reads one makes the response vary on the cookie.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::COOKIE;
use larder::page::headers;

/// The session of a request.
#[derive(Clone, Default)]
pub struct Session(Arc<AtomicBool>);

impl Session {
    /// Reads what is in it, which is nothing.
    pub fn read(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub async fn session(mut request: Request, next: Next) -> Response {
    let session = Session::default();
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    if session.0.load(Ordering::Relaxed) {
        headers::vary(response.headers_mut(), [COOKIE]);
    }
    response
}
