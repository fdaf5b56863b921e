//! The service behind the cache, as the cache holds it.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::Request;
use tower_service::Service;

/// The service behind the cache. It is copied and made ready when it is asked, and not before: a page that is kept does
/// not wait until there is room for one that is made, and to copy a service can take as long as to look for a page.
#[derive(Debug)]
pub(in crate::page) struct Inner<S>(Arc<Mutex<S>>);

impl<S> Inner<S> {
    pub(in crate::page) fn new(inner: S) -> Self {
        Self(Arc::new(Mutex::new(inner)))
    }
}

impl<S> Clone for Inner<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, B> Service<Request<B>> for Inner<S>
where
    S: Service<Request<B>, Future: Send> + Clone + Send + 'static,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|context| inner.poll_ready(context)).await?;
            inner.call(request).await
        })
    }
}
