//! Handlers that say themselves how their pages are kept.

mod basics;
mod beside;
mod bottom_up;
mod crowd;
mod guards;
mod handlers;
mod invalidated;
mod kept;
mod named;
mod noticed;
mod outside;
mod placed;
mod sites;
mod strangers;
mod streams;
mod times;
mod told_apart;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::handler::Handler;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode, Uri};
use larder::KeyPart;

use crate::app::{Count, Visit};
use crate::stack;

/// Who asks, by a cookie that says `user=7`.
#[derive(Clone, Debug, PartialEq, KeyPart)]
pub struct User {
    pub id: u64,
}

impl User {
    /// Returns whether the number is an odd one.
    pub fn is_odd(&self) -> bool {
        self.id % 2 == 1
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let cookie = parts.headers.get("cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        let id = cookie.split("; ").find_map(|pair| pair.strip_prefix("user=")?.parse().ok());
        id.map(|id| Self { id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// A handler at every URL, which is told by its state how often it ran.
pub struct Site {
    pub app: Router,
    pub count: Count,
}

impl Site {
    pub fn of<H: Handler<T, Count>, T: 'static>(handler: H) -> Self {
        let count = Count::default();
        Self { app: Router::new().fallback(handler).with_state(count.clone()), count }
    }

    pub fn get(&self, path: &str) -> Visit {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Visit {
        stack::get(&self.app, path, headers)
    }

    pub fn text(&self, path: &str) -> String {
        self.get(path).text().to_owned()
    }

    pub fn text_with(&self, path: &str, headers: &[(&str, &str)]) -> String {
        self.get_with(path, headers).text().to_owned()
    }
}

/// Answers with the number of the run, and with what the query asks for: `?status=404&cache-control=max-age=5`.
pub fn said(count: &Count, uri: &Uri) -> Response<Body> {
    let mut response = Response::new(Body::from(count.one_more().to_string()));
    for (name, value) in uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('=')) {
        if name == "status" {
            *response.status_mut() = value.parse().expect("a status");
        } else {
            let value = HeaderValue::from_str(value).expect("a value");
            response.headers_mut().append(http::HeaderName::from_bytes(name.as_bytes()).expect("a name"), value);
        }
    }
    response
}

/// Makes a handler with these options that says what its query asks for.
macro_rules! page {
    ($name:ident: $($option:tt)*) => {
        #[larder::cache_page($($option)*)]
        async fn $name(
            axum::extract::State(count): axum::extract::State<$crate::app::Count>,
            uri: http::Uri,
        ) -> http::Response<axum::body::Body> {
            $crate::attribute::said(&count, &uri)
        }
    };
}
use page;
