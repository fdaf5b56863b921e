//! What stands around all pages.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use blog::{Error, origin};

use super::Failed;

/// Lets through what reads, and what writes from a page of this site.
pub async fn forms_are_own(request: Request, next: Next) -> Result<Response, (StatusCode, &'static str)> {
    if request.method().is_safe() || is_own(request.headers()) {
        return Ok(next.run(request).await);
    }
    Err((StatusCode::FORBIDDEN, "this form was not sent from here\n"))
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    origin::is_own(text(header::ORIGIN), text(header::HOST))
}

/// Has each write go on when its client has left: a write that is given up after its commit would say nothing of it.
pub async fn to_the_end(request: Request, next: Next) -> Result<Response, Failed> {
    if request.method().is_safe() {
        return Ok(next.run(request).await);
    }
    tokio::spawn(next.run(request)).await.map_err(|_| Error::Broken.into())
}
