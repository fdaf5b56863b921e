//! Heads of requests and responses, as actix has them and as pages do: they are built on two versions of `http`, which agree
//! on every byte.

use actix_web::dev::{ConnectionInfo, RequestHead, ServiceRequest};
use actix_web::http::header as theirs;
use actix_web::http::{Method as TheirMethod, StatusCode as TheirStatus, Uri as TheirUri};
use actix_web::test::TestRequest;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};

use crate::page::locale::{Language, TimeZone};
use crate::page::service::Lent;
use crate::page::site::Setup;
use crate::report::Counts;

/// What a place that makes a page of a request has noted in it, for those further inside.
#[derive(Clone)]
struct Noted(Extensions);

/// Reads a request, with what layers outside have put into it that counts; `None` where nobody can say what it asks for.
pub(super) fn of(request: &HttpRequest, setup: &Setup) -> Option<Parts> {
    let mut parts = read(request)?;
    let told = request.extensions();
    if let Some(Noted(noted)) = told.get() {
        parts.extensions = noted.clone();
    }
    parts.extensions.extend(told.get::<Language>().cloned().map(one).unwrap_or_default());
    parts.extensions.extend(told.get::<TimeZone>().cloned().map(one).unwrap_or_default());
    parts.extensions.extend(told.get::<Counts>().cloned().map(one).unwrap_or_default());
    setup.extensions.iter().for_each(|extension| extension.carry(&told, &mut parts.extensions));
    setup.fillers.carry(&told, &mut parts.extensions);
    Some(parts)
}

/// Reads a request, and nothing that was put into it.
pub(crate) fn read(request: &HttpRequest) -> Option<Parts> {
    let head = request.head();
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = method(&head.method)?;
    parts.uri = uri(&head.uri)?;
    parts.headers = headers(&head.headers)?;
    Some(parts)
}

fn one<T: Clone + Send + Sync + 'static>(value: T) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(value);
    extensions
}

/// Shows a handler this of its request, and nothing else.
pub(super) fn show(seen: Parts, request: &mut ServiceRequest) {
    let head = request.head_mut();
    show_method(&seen.method, head);
    show_address(&seen.uri, head);
    head.headers = theirs::HeaderMap::with_capacity(seen.headers.len());
    lines(&seen.headers).for_each(|(name, value)| head.headers.append(name, value));
    forget_what_was_read(request);
    let mut noted = seen.extensions;
    noted.remove::<Lent>();
    request.extensions_mut().insert(Noted(noted));
}

/// Takes out of a request what somebody outside has read off its headers, which actix remembers: it would show what is hidden.
fn forget_what_was_read(request: &ServiceRequest) {
    // Nobody can name what it remembers cookies as. So they are read once more, off a request with what is to be seen.
    let seen = request.headers().get_all(theirs::COOKIE);
    let again = seen.fold(TestRequest::default(), |again, line| again.append_header((theirs::COOKIE, line.clone())));
    let again = again.to_http_request();
    drop(again.cookies());
    drop(again.cookies_raw());
    let read = std::mem::take(&mut *again.extensions_mut());
    let mut remembered = request.extensions_mut();
    remembered.extend(read);
    remembered.remove::<ConnectionInfo>();
}

fn show_method(seen: &Method, head: &mut RequestHead) {
    if seen.as_str() != head.method.as_str()
        && let Ok(method) = TheirMethod::from_bytes(seen.as_str().as_bytes())
    {
        head.method = method;
    }
}

fn show_address(seen: &Uri, head: &mut RequestHead) {
    if seen.query() != head.uri.query()
        && let Some(address) = their_uri(seen)
    {
        head.uri = address;
    }
}

/// Writes an address as actix has it.
pub(super) fn their_uri(uri: &Uri) -> Option<TheirUri> {
    uri.to_string().parse().ok()
}

fn method(method: &TheirMethod) -> Option<Method> {
    Method::from_bytes(method.as_str().as_bytes()).ok()
}

fn uri(uri: &TheirUri) -> Option<Uri> {
    if uri.scheme().is_some() || uri.authority().is_some() {
        return uri.to_string().parse().ok();
    }
    let text = Bytes::copy_from_slice(uri.path_and_query()?.as_str().as_bytes());
    PathAndQuery::from_maybe_shared(text).ok().map(Uri::from)
}

fn headers(theirs: &theirs::HeaderMap) -> Option<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(theirs.len());
    for (name, value) in theirs {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    Some(headers)
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = (theirs::HeaderName, theirs::HeaderValue)> {
    headers.iter().filter_map(|(name, value)| {
        let name = theirs::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, theirs::HeaderValue::from_bytes(value.as_bytes()).ok()?))
    })
}

/// Reads the head of a response.
pub(super) fn of_response<B, C>(response: &HttpResponse<B>, body: C) -> Response<C> {
    let mut read = Response::new(body);
    *read.status_mut() = our_status(response.status());
    *read.headers_mut() = headers(response.headers()).unwrap_or_default();
    read
}

/// Writes a head over that of a response, which keeps what is in no header.
pub(super) fn write<B>(status: StatusCode, headers: &HeaderMap, response: &mut HttpResponse<B>) {
    *response.status_mut() = their_status(status);
    let written = response.headers_mut();
    written.clear();
    lines(headers).for_each(|(name, value)| written.append(name, value));
}

/// Writes a response that is there as a whole.
#[cfg(feature = "panel")]
pub(crate) fn written(response: &Response<Bytes>) -> HttpResponse {
    let mut written = HttpResponse::with_body(their_status(response.status()), response.body().clone());
    lines(response.headers()).for_each(|(name, value)| written.headers_mut().append(name, value));
    written.map_into_boxed_body()
}

/// Reads the code of a status.
pub(super) fn our_status(status: TheirStatus) -> StatusCode {
    StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Writes the code of a status as actix has it.
pub(super) fn their_status(status: StatusCode) -> TheirStatus {
    TheirStatus::from_u16(status.as_u16()).unwrap_or(TheirStatus::INTERNAL_SERVER_ERROR)
}
