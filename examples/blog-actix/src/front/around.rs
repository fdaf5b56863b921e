//! What stands around all pages.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorForbidden;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, rt};
use blog::origin;

use super::Failed;

/// Lets through what reads, and what writes from a page of this site.
pub async fn forms_are_own(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if request.method().is_safe() || origin::is_own(text(header::ORIGIN), text(header::HOST)) {
        return next.call(request).await;
    }
    Err(ErrorForbidden("this form was not sent from here\n"))
}

/// Has each write go on when its client has left: a write that is given up after its commit would say nothing of it.
pub async fn to_the_end(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    rt::spawn(next.call(request)).await.map_err(|_| Failed::from(blog::Error::Broken))?
}
