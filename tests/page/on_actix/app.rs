//! The same application as on axum, behind a cache of actix.

use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready as take};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Service;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use axum::body::Body;
use axum::{Router, routing};
use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body::Body as _;
use http_body_util::BodyExt;
use larder::page::{CacheLayer, Language, TimeZone};
use larder::testing;
use tower::ServiceExt;

use super::turns::{Sent, Worked, block_on, enter};
pub use crate::app::{Count, Visit, request, response};
use crate::play::{Gate, Visitor};

type Asking = Pin<Box<dyn Future<Output = Response<Sent<actix_web::body::BoxBody>>>>>;

/// An application behind a cache.
pub struct App {
    service: Rc<dyn Fn(Request<Body>) -> Asking>,
    pub runs: Count,
}

impl App {
    pub fn new<F>(layer: &CacheLayer, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        Self::slow(layer, move |run, request| ready(handler(run, request)))
    }

    pub fn slow<F, A>(layer: &CacheLayer, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::of(layer, |count| {
            let answer = move |request: Request<Body>| handler(count.one_more(), request);
            Router::new().fallback(routing::any(answer))
        })
    }

    pub fn held<F>(layer: &CacheLayer, gate: &Gate, answer: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        let gate = gate.clone();
        Self::slow(layer, move |run, request| {
            let (gate, answer) = (gate.clone(), answer.clone());
            async move {
                gate.pass().await;
                answer(run, request)
            }
        })
    }

    /// Makes one whose handlers are those of a router, to which a handler of actix hands what it gets to see.
    pub fn of(layer: &CacheLayer, router: impl FnOnce(Count) -> Router) -> Self {
        let runs = Count::default();
        let router = router(runs.clone());
        let handler = move |seen: HttpRequest, body: Bytes| {
            let asking = router.clone().oneshot(theirs(&seen, body));
            async move { ours(asking.await.expect("no error can happen")) }
        };
        let app = actix_web::App::new().wrap(layer.clone()).default_service(web::to(handler));
        let service = Rc::new(block_on(init_service(app)));
        let ask = move |request: Request<Body>| -> Asking {
            let service = Rc::clone(&service);
            let (parts, body) = request.into_parts();
            let is_empty = body.is_end_stream();
            // A request without a body is there at once.
            let all = |body: Body| testing::block_on(body.collect()).expect("a body").to_bytes();
            let body = if is_empty { Bytes::new() } else { all(body) };
            let mut sent = TestRequest::with_uri(&parts.uri.to_string())
                .method(Method::from_bytes(parts.method.as_str().as_bytes()).expect("a method"));
            for (name, value) in &parts.headers {
                sent = sent.append_header((name.as_str(), value.as_bytes()));
            }
            if !is_empty {
                sent = sent.insert_header(("content-length", body.len().to_string())).set_payload(body);
            }
            let sent = sent.to_request();
            let told = &parts.extensions;
            carry::<Language>(told, &sent);
            carry::<TimeZone>(told, &sent);
            carry::<u32>(told, &sent);
            carry::<u64>(told, &sent);
            let asking = enter(|| service.call(sent));
            Box::pin(Worked(Box::pin(async move {
                let answer = match asking.await {
                    Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
                    Err(error) => HttpResponse::from_error(error),
                };
                let mut response = Response::builder().status(answer.status().as_u16());
                for (name, value) in answer.headers() {
                    response = response.header(name.as_str(), value.as_bytes());
                }
                response.body(Sent(Box::pin(answer.into_body()))).expect("a response")
            })))
        };
        Self { service: Rc::new(ask), runs }
    }

    pub fn open(&self, request: Request<Body>) -> Asking {
        (self.service)(request)
    }

    pub fn visitor(&self, path: &str, headers: &[(&str, &str)]) -> Visitor {
        self.visitor_with(request("GET", path, headers))
    }

    pub fn visitor_with(&self, request: Request<Body>) -> Visitor {
        Visitor::who(self.open(request))
    }

    pub async fn ask(&self, request: Request<Body>) -> Visit {
        let (parts, body) = self.open(request).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Visit { status: parts.status, headers: parts.headers, body }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
        testing::block_on(self.ask(request(method, path, headers)))
    }

    pub fn get(&self, path: &str) -> Visit {
        self.send("GET", path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Visit {
        self.send("GET", path, headers)
    }
}

/// Says to actix what somebody has said of who asks.
fn carry<T: Clone + Send + Sync + 'static>(told: &Extensions, sent: &impl HttpMessage) {
    if let Some(said) = told.get::<T>() {
        sent.extensions_mut().insert(said.clone());
    }
}

/// Writes down what a handler of actix gets to see.
fn theirs(seen: &HttpRequest, body: Bytes) -> Request<Body> {
    let mut request = Request::builder().method(seen.method().as_str()).uri(seen.uri().to_string());
    for (name, value) in seen.headers() {
        request = request.header(name.as_str(), value.as_bytes());
    }
    let mut request = request.body(Body::from(body)).expect("a request");
    let told = seen.extensions();
    if let Some(said) = told.get::<Language>() {
        request.extensions_mut().insert(said.clone());
    }
    if let Some(said) = told.get::<TimeZone>() {
        request.extensions_mut().insert(said.clone());
    }
    request
}

/// Answers with that on actix.
fn ours(answer: Response<Body>) -> HttpResponse<Streamed> {
    let (parts, body) = answer.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).expect("a status");
    let mut response = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.message_body(Streamed(body)).expect("a response")
}

/// A body of axum, as actix has it.
struct Streamed(Body);

impl MessageBody for Streamed {
    type Error = axum::Error;

    fn size(&self) -> BodySize {
        self.0.size_hint().exact().map_or(BodySize::Stream, BodySize::Sized)
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        let frame = take!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default())))
    }
}
