//! The layer around a resource, a scope or an app of actix.

use std::fmt;
use std::future::{Ready, poll_fn, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use actix_web::{Error, HttpRequest, HttpResponse};
use http::request::Parts;
use http::{Method, Response};

use super::answering::Answering;
use super::body::{PageStream, Piped};
use super::head;
use super::lent::{Back, Brought, Failed, lend};
use crate::page::body::PageBody;
use crate::page::layer::CacheLayer;
use crate::page::nested::Outer;
use crate::page::service::Lent;
use crate::page::site::Site;

/// Answers with pages that are kept, and asks the service behind it where there are none. From a
/// [`CacheLayer`] that something of actix is wrapped in.
pub struct CacheMiddleware<S> {
    site: Arc<Site>,
    inner: Rc<S>,
}

impl<S, B> Transform<S, ServiceRequest> for CacheLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<PageStream>;
    type Error = Error;
    type Transform = CacheMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let site = Arc::new(Site::new(self.clone().into_setup()));
        ready(Ok(CacheMiddleware { site, inner: Rc::new(inner) }))
    }
}

impl<S, B> Service<ServiceRequest> for CacheMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<PageStream>;
    type Error = Error;
    type Future = Answering<Result<Self::Response, Error>>;

    /// Ready at any time: a page that is kept does not wait until there is room for one that is made.
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (site, inner) = (Arc::clone(&self.site), Rc::clone(&self.inner));
        let Some(mut parts) = head::of(request.request(), &site.setup) else {
            return Answering::working(
                async move { Ok(ask(&inner, request).await?.map_body(|_, body| untouched(body))) },
            );
        };
        let (asked, payload) = request.parts_mut();
        let brought = Brought(brings_a_body(asked, payload));
        let is_nested = Outer::is_before(&parts);
        let later = match site.at_once(&parts, brought.0, is_nested, None) {
            Ok(page) => return Answering::ready(Ok(request.into_response(written(None, page, &parts.method)))),
            Err(later) => later,
        };
        Answering::working(async move {
            let method = parts.method.clone();
            parts.extensions.insert(Lent);
            let serve = |mut request: ServiceRequest, seen: Parts| async move {
                head::show(seen, &mut request);
                ask(&inner, request).await
            };
            let (behind, back) = lend(request, serve);
            let page = later.answer(&site, parts, brought, behind).await;
            match (back.await, page) {
                (Ok(Back::Unused(request)), Ok(page)) => Ok(request.into_response(written(None, page, &method))),
                (Ok(Back::Answered(response)), Ok(page)) => {
                    let (request, response) = response.into_parts();
                    Ok(ServiceResponse::new(request, written(Some(response), page, &method)))
                }
                // There is a page, and no request left to answer.
                (Ok(Back::Failed(_)) | Err(_), Ok(page)) => Err(as_error(written(None, page, &method))),
                (Ok(Back::Failed(error)), Err(Failed)) => Err(error),
                (_, Err(Failed)) => Err(actix_web::error::ErrorInternalServerError("the worker has ended")),
            }
        })
    }
}

/// Asks the service behind when it is ready.
async fn ask<S, B>(inner: &Rc<S>, request: ServiceRequest) -> Result<ServiceResponse<B>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    poll_fn(|context| inner.poll_ready(context)).await?;
    inner.call(request).await
}

/// Returns whether a request brings a body, as it says. One that says nothing may still bring one, by HTTP/2: a handler that
/// makes a page gets none to read.
pub(super) fn brings_a_body(request: &HttpRequest, payload: &mut Payload) -> bool {
    let length = request.headers().get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    let is_said = length.is_some_and(|length| length != b"0") || request.headers().contains_key(TRANSFER_ENCODING);
    // What is said on a connection that is to be another one is no body, and no page is made of it.
    if !is_said && !request.headers().contains_key(UPGRADE) && ["GET", "HEAD"].contains(&request.method().as_str()) {
        *payload = Payload::None;
    }
    is_said
}

fn untouched<B: MessageBody + 'static>(body: B) -> PageStream {
    PageStream::untouched(body.boxed())
}

/// Writes an answer of the engine: over the one that was answered, where it is that, which keeps what is in no header.
pub(super) fn written(
    own: Option<HttpResponse<()>>,
    page: Response<PageBody<Piped>>,
    method: &Method,
) -> HttpResponse<PageStream> {
    let (parts, body) = page.into_parts();
    let status = head::their_status(parts.status);
    let body = PageStream::new(body, method, &parts.headers);
    let own = own.filter(|own| own.status() == status);
    let mut response = own.unwrap_or_else(|| HttpResponse::new(status).drop_body()).set_body(body);
    head::write(parts.status, &parts.headers, &mut response);
    response
}

fn as_error(response: HttpResponse<PageStream>) -> Error {
    InternalError::from_response("a page stands in for an error", response.map_into_boxed_body()).into()
}

impl<S> fmt::Debug for CacheMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheMiddleware").field("site", &self.site).finish_non_exhaustive()
    }
}
