//! What handlers of actix take and return, and what stands above them.

use std::future::{Ready, ready};
use std::pin::Pin;

pub use actix_web::Route;
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, Handler, HttpRequest, HttpResponse, Responder, ResponseError, web};
use axum::body::Body;
use http::{HeaderMap, Response};
pub use larder::actix::{cache_control, etag, last_modified, never_cache, vary_on_cookie, vary_on_headers};
use serde::de::DeserializeOwned;

pub use super::site::Site as Routes;
use super::terms::{ours, theirs};
use crate::visit::response;

/// Routes all methods to a handler.
pub fn any<F, A>(handler: F) -> Route
where
    F: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    web::route().to(handler)
}

pub struct Answer(Response<Body>);

pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    Answer(response(status, headers, body))
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        ours(self.0)
    }
}

/// The headers of a request.
pub struct Headers(pub HeaderMap);

impl FromRequest for Headers {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(theirs(request, Vec::new().into()).headers().clone())))
    }
}

/// As axum has it.
pub struct State<T>(pub T);

impl<T: Clone + 'static> FromRequest for State<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<T>>().expect("a state");
        ready(Ok(Self(T::clone(state))))
    }
}

/// As axum has it.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let taking = web::Path::<T>::from_request(request, payload);
        Box::pin(async move { Ok(Self(taking.await?.into_inner())) })
    }
}

/// An error that is no page.
#[derive(Debug)]
pub struct Refused(pub u16);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0).expect("a status")
    }
}
