//! The conditions of a request, and what they come to before its handler runs.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_MATCH, IF_RANGE, LAST_MODIFIED, RANGE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::now;
use crate::page::body::PageBody;
use crate::page::conditional::{Verdict, verdict};
use crate::page::headers;
use crate::page::names::is_condition;

/// What a request asks for only on conditions: the first argument of a handler with [`macro@crate::etag`] or
/// [`macro@crate::last_modified`].
///
/// The attributes add it themselves. Who calls such a handler by hand hands it the default, a `GET` without conditions:
///
/// ```
/// use axum::extract::Path;
/// use larder::{etag, page::Conditions, testing};
///
/// #[etag(id)]
/// async fn article(Path(id): Path<u64>) -> String {
///     format!("article {id}")
/// }
///
/// let answer = testing::block_on(article(Conditions::default(), Path(7)));
/// assert_eq!(answer.headers()["etag"], "\"7\"");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    method: Method,
    /// Nothing but conditions, of which most requests have none.
    asked: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut asked = HeaderMap::new();
        // Which bytes are meant is decided where there are bytes.
        for (name, value) in
            parts.headers.iter().filter(|(name, _)| is_condition(name) && *name != RANGE && *name != IF_RANGE)
        {
            asked.append(name, value.clone());
        }
        Ok(Self { method: parts.method.clone(), asked })
    }
}

impl Conditions {
    /// Returns the answer, where the handler need not run, or must not; else what its own answer is to say.
    #[doc(hidden)]
    pub fn judge(self, tag: Option<HeaderValue>, modified: Option<SystemTime>) -> ControlFlow<Response, Known> {
        let now = now();
        let mut known = HeaderMap::new();
        known.extend(tag.map(|tag| (ETAG, tag)));
        // Nothing was modified after it was sent (RFC 9110, 8.8.2.1); in a test the clock of its pages may be far behind.
        let latest = now.max(SystemTime::now());
        known.extend(modified.map(|modified| (LAST_MODIFIED, headers::date(modified.min(latest)))));
        let is_read = matches!(self.method, Method::GET | Method::HEAD);
        let verdict = self.verdict(&known, is_read, now);
        // What was known before a write is not known of what it leaves behind.
        let known = if is_read { known } else { HeaderMap::new() };
        match verdict {
            Verdict::NotModified => ControlFlow::Break(not_modified(known)),
            Verdict::Failed => ControlFlow::Break((StatusCode::PRECONDITION_FAILED, known).into_response()),
            _ => ControlFlow::Continue(Known(known)),
        }
    }

    fn verdict(&self, known: &HeaderMap, is_read: bool, now: SystemTime) -> Verdict {
        // These do not choose among versions of anything (RFC 9110, 13.2.1).
        let is_of_no_version = matches!(self.method, Method::OPTIONS | Method::TRACE | Method::CONNECT);
        if self.asked.is_empty() || is_of_no_version {
            return Verdict::Whole;
        }
        if known.is_empty() {
            // There is nothing, as far as anybody knows. A read finds out; a write that goes by something is not let through.
            let goes_by_something = !is_read && self.asked.contains_key(IF_MATCH);
            return if goes_by_something { Verdict::Failed } else { Verdict::Whole };
        }
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        verdict(&self.method, &self.asked, StatusCode::OK, known, 0, now)
    }
}

/// Makes a 304. A router must not take its body for a page of no bytes, and say so.
fn not_modified(known: HeaderMap) -> Response {
    (StatusCode::NOT_MODIFIED, known, Body::new(PageBody::<Body>::absent())).into_response()
}

/// What is known of a page before it is made.
#[doc(hidden)]
#[derive(Debug)]
pub struct Known(HeaderMap);

impl Known {
    /// Says so on the page, unless that says it itself, or there is none.
    #[must_use]
    pub fn on(self, mut response: Response) -> Response {
        if response.status().is_success() {
            for (name, value) in self.0.into_iter().filter_map(|(name, value)| Some((name?, value))) {
                response.headers_mut().entry(name).or_insert(value);
            }
        }
        response
    }
}
