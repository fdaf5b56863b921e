//! Forms that other sites send here are refused.
//!
//! A browser says with each form where it comes from, and no page can have it say something else. The cookie of a session
//! says `SameSite=Lax` besides. So there is no token in the forms; in a page that is kept it would be a hole, as the one in
//! `pages/detail.rs`.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Lets through what reads, and what writes from a page of this site.
pub(crate) async fn check(request: Request, next: Next) -> Result<Response, (StatusCode, &'static str)> {
    if request.method().is_safe() || is_own(request.headers()) {
        return Ok(next.run(request).await);
    }
    Err((StatusCode::FORBIDDEN, "this form was not sent from here\n"))
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // The scheme is left out: behind a proxy that speaks TLS nobody knows here which one the browser sees.
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, host)| Some(host) == text(header::HOST))
}
