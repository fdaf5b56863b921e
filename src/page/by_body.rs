//! Answers to `POST` that are told apart by what was sent, like those of a search whose question does not fit into a URL. By
//! choice only: such a `POST` is answered without its handler, so it must not change anything.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::body::PageBody;
use super::error::BoxError;
use super::sent::Sent;
use super::service::CacheService;
use super::site::Site;

/// Keeps answers to `POST` too. From [`CacheLayer::posts`](super::CacheLayer::posts).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing before it is put around something"]
pub struct PostLayer {
    site: Arc<Site>,
    limit: u64,
}

/// Answers `POST` too with pages that are kept. From a [`PostLayer`].
#[derive(Clone, Debug)]
pub struct PostService<S> {
    inner: CacheService<S>,
    limit: u64,
}

impl PostLayer {
    pub(super) fn new(site: Site, limit: u64) -> Self {
        Self { site: Arc::new(site), limit }
    }
}

impl<S> Layer<S> for PostLayer {
    type Service = PostService<S>;

    fn layer(&self, inner: S) -> PostService<S> {
        PostService { inner: CacheService::new(Arc::clone(&self.site), inner), limit: self.limit }
    }
}

impl<S, B, R> Service<Request<B>> for PostService<S>
where
    CacheService<S>: Service<Request<B>, Response = Response<PageBody<R>>, Future: Send> + Clone + Send + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError>> + From<Bytes> + Send + 'static,
    R: 'static,
{
    type Response = Response<PageBody<R>>;
    type Error = <CacheService<S> as Service<Request<B>>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let is_read = request.method() == Method::POST
            && request.body().size_hint().exact().is_some_and(|length| length <= self.limit);
        if !is_read {
            return Box::pin(self.inner.call(request));
        }
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let Ok(body) = whole(body).await else { return Ok(broken()) };
            parts.extensions.insert(Sent::new(&body));
            ready.call(Request::from_parts(parts, body.into())).await
        })
    }
}

/// Reads a body to its end.
async fn whole<B: Body<Data = Bytes>>(body: B) -> Result<Bytes, B::Error> {
    let mut body = pin!(body);
    let mut all = BytesMut::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame?.into_data() {
            all.extend_from_slice(&data);
        }
    }
    Ok(all.freeze())
}

/// Answers a client whose body broke off.
fn broken<R>() -> Response<PageBody<R>> {
    let mut response = Response::new(PageBody::empty());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
