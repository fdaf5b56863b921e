//! The report as a middleware of actix-web.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready as take};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage};
use pin_project_lite::pin_project;

use super::{Counts, ReportFuture, ReportLayer, Said, Underway};

/// Reports what a request asked of caches. From a [`ReportLayer`] that something of actix is wrapped in.
#[derive(Clone, Debug)]
pub struct ReportMiddleware<S> {
    inner: S,
    told: ReportLayer,
}

impl<S, B> Transform<S, ServiceRequest> for ReportLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = ReportMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(ReportMiddleware { inner, told: self.clone() }))
    }
}

impl<S, B> Service<ServiceRequest> for ReportMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = ReportAnswer<S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let underway = Underway::begin(&self.told, request.method().as_str(), request.path());
        request.extensions_mut().insert::<Counts>(underway.counts.clone());
        ReportAnswer { inner: underway.serve(|| self.inner.call(request)) }
    }
}

pin_project! {
    /// Answers a request, and reports what it asked of caches. From a [`ReportMiddleware`].
    pub struct ReportAnswer<F> {
        #[pin]
        inner: ReportFuture<F>,
    }
}

impl<F, B> Future for ReportAnswer<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let status = |answer: &F::Output| match answer {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        };
        let (answer, Said { report, server_timing, story }) = take!(self.project().inner.poll_answer(context, status));
        let mut response = answer?;
        if let Some(text) = server_timing.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()) {
            response.headers_mut().append(HeaderName::from_static("server-timing"), text);
        }
        let mut told = response.response_mut().extensions_mut();
        told.insert(report);
        if let Some(story) = story {
            told.insert(story);
        }
        drop(told);
        Poll::Ready(Ok(response))
    }
}
