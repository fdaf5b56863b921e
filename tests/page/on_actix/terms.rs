//! Requests and responses of axum as actix has them, and the other way round.

use std::pin::Pin;
use std::task::{Context, Poll, ready as take};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions as Theirs, ServiceRequest};
use actix_web::http::header::{HeaderMap as TheirHeaders, HeaderName as TheirName, HeaderValue as TheirValue};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Extensions, HeaderMap, Request, Response};
use http_body::Body as _;
use larder::explain::Story;
use larder::page::{Language, TimeZone};
use larder::report::Report;

use crate::visit::Who;

/// All that somebody outside has told those behind, whatever it is.
#[derive(Clone)]
struct Told(Extensions);

/// What of that layers look for themselves.
macro_rules! each_told {
    ($do:ident) => {
        $do! { Language TimeZone Who u32 u64 }
    };
}

/// Writes a request as actix gets it.
pub fn sent(parts: &Parts, body: Bytes) -> TestRequest {
    let method = Method::from_bytes(parts.method.as_str().as_bytes()).expect("a method");
    let mut sent = TestRequest::with_uri(&parts.uri.to_string()).method(method);
    for (name, value) in &parts.headers {
        sent = sent.append_header((name.as_str(), value.as_bytes()));
    }
    if body.is_empty() {
        sent
    } else {
        sent.insert_header(("content-length", body.len().to_string())).set_payload(body)
    }
}

/// Says to actix what somebody has said of who asks.
pub fn tell(told: &Extensions, theirs: &mut Theirs) {
    macro_rules! tell {
        ($($said:ident)+) => {
            $(if let Some(said) = told.get::<$said>() {
                theirs.insert(said.clone());
            })+
        };
    }
    theirs.insert(Told(told.clone()));
    each_told!(tell);
}

/// Reads what actix knows of who asks.
fn told(theirs: &Theirs) -> Extensions {
    let mut told = theirs.get().map_or_else(Extensions::new, |Told(told)| told.clone());
    macro_rules! read {
        ($($said:ident)+) => {
            $(if let Some(said) = theirs.get::<$said>() {
                told.insert(said.clone());
            })+
        };
    }
    each_told!(read);
    told
}

/// Writes down what somebody on actix gets to see.
pub fn theirs(seen: &HttpRequest, body: Bytes) -> Request<Body> {
    let mut request = Request::builder().method(seen.method().as_str()).uri(seen.uri().to_string());
    for (name, value) in seen.headers() {
        request = request.header(name.as_str(), value.as_bytes());
    }
    let mut request = request.body(Body::from(body)).expect("a request");
    *request.extensions_mut() = told(&seen.extensions());
    request
}

/// Shows those further inside this of a request.
pub fn show(seen: &Parts, request: &mut ServiceRequest) {
    let head = request.head_mut();
    head.uri = seen.uri.to_string().parse().expect("an address");
    head.headers = lines(&seen.headers);
    let address = head.uri.clone();
    request.match_info_mut().get_mut().update(&address);
    tell(&seen.extensions, &mut request.extensions_mut());
}

fn lines(headers: &HeaderMap) -> TheirHeaders {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let name: TheirName = name.as_str().parse().expect("a name");
        (name, TheirValue::from_bytes(value.as_bytes()).expect("a value"))
    };
    let mut theirs = TheirHeaders::new();
    headers.iter().map(line).for_each(|(name, value)| theirs.append(name, value));
    theirs
}

/// Reads the head of a response.
pub fn head_of<B>(answer: &HttpResponse<B>) -> Response<()> {
    let mut response = Response::builder().status(answer.status().as_u16());
    for (name, value) in answer.headers() {
        response = response.header(name.as_str(), value.as_bytes());
    }
    let mut response = response.body(()).expect("a response");
    let told = answer.extensions();
    response.extensions_mut().extend(told.get::<Report>().copied().map(one).unwrap_or_default());
    response.extensions_mut().extend(told.get::<Story>().cloned().map(one).unwrap_or_default());
    response
}

fn one<T: Clone + Send + Sync + 'static>(told: T) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(told);
    extensions
}

/// Answers with that on actix.
pub fn ours(answer: Response<Body>) -> HttpResponse {
    over(HttpResponse::new(StatusCode::OK).drop_body(), answer)
}

/// Answers with that in the place of what was answered, which keeps what is in no header.
pub fn over(own: HttpResponse<()>, answer: Response<Body>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let mut response = own.set_body(BoxBody::new(Streamed(body)));
    *response.status_mut() = StatusCode::from_u16(parts.status.as_u16()).expect("a status");
    *response.headers_mut() = lines(&parts.headers);
    response
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
