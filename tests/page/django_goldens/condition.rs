//! What Django's decorators and middleware for conditional requests do, as far as a program with Larder still has a need
//! for it: the layer itself answers the conditions of a request, with the validators that a page has.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, ETAG, EXPIRES, IF_NONE_MATCH, LAST_MODIFIED, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use larder::page::{Conditions, headers};
use larder::{etag, last_modified};

use super::super::site::Next;
use super::site::BEGIN;
use crate::django::scenario::Condition;

/// The bodies of which somebody makes a tag, and Django's tags of them.
const TAGS: [(&str, &str); 4] = [
    ("same", "51037a4a37730f52c8732586d3aaa316"),
    ("de n=1 s=None", "0eda33bcf53d73ee52ff2604b3d7559b"),
    ("de n=2 s=None", "2b870b2b8126304e70d315a500c1eb24"),
    ("fr n=3 s=None", "1326f2fbee5b6554913bd99fdf23a3c2"),
];

/// Does not make a page for somebody who has it, as far as is known before it is made.
#[etag(condition.etag.as_deref())]
#[last_modified(condition.last_modified_offset.map(|offset| BEGIN.saturating_add_signed(offset)))]
async fn known(condition: Condition, request: Request<Body>, next: Next) -> Response<Body> {
    next.run(request).await
}

/// The same, for what has only a request.
pub async fn conditional(condition: Condition, request: Request<Body>, next: Next) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let asked = Conditions::from_request_parts(&mut parts, &()).await.expect("it only reads");
    known(asked, condition, Request::from_parts(parts, body), next).await
}

/// Makes a tag of the body, and takes it back for somebody who has it.
pub async fn tagged(request: Request<Body>, next: Next) -> Response<Body> {
    let (method, asked) = (request.method().clone(), request.headers().clone());
    let (mut parts, body) = next.run(request).await.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    let is_kept_by_nobody = parts.headers.get(CACHE_CONTROL).is_some_and(|line| line == "no-store");
    if method == Method::GET && !is_kept_by_nobody {
        parts.headers.entry(ETAG).or_insert_with(|| tag(&body));
    }
    if !has(&asked, parts.headers.get(ETAG)) {
        return Response::from_parts(parts, body.into());
    }
    let names = [CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED, VARY, HeaderName::from_static("cache-status")];
    parts.headers =
        names.into_iter().filter_map(|name| Some((name.clone(), parts.headers.get(name)?.clone()))).collect();
    (StatusCode::NOT_MODIFIED, parts.headers).into_response()
}

fn tag(body: &Bytes) -> HeaderValue {
    let (_, tag) = TAGS.iter().find(|(text, _)| text.as_bytes() == body).expect("a body with a tag");
    headers::entity_tag(tag).expect("a tag")
}

fn has(asked: &HeaderMap, tag: Option<&HeaderValue>) -> bool {
    tag.is_some() && asked.get(IF_NONE_MATCH) == tag
}
