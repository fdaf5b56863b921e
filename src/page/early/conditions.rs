//! The conditions of a request, and what they come to before its handler runs.

use std::ops::ControlFlow;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::{ETAG, IF_MATCH, IF_RANGE, LAST_MODIFIED, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::now;
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

impl Conditions {
    /// Reads them off a request.
    pub(in crate::page) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let mut asked = HeaderMap::new();
        // Which bytes are meant is decided where there are bytes.
        for (name, value) in
            headers.iter().filter(|(name, _)| is_condition(name) && *name != RANGE && *name != IF_RANGE)
        {
            asked.append(name, value.clone());
        }
        Self { method: method.clone(), asked }
    }

    /// Returns the answer, where the handler need not run, or must not; else what its own answer is to say.
    pub(in crate::page) fn decide(
        self,
        tag: Option<HeaderValue>,
        modified: Option<SystemTime>,
    ) -> ControlFlow<Early, Known> {
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
            Verdict::NotModified => ControlFlow::Break(Early { status: StatusCode::NOT_MODIFIED, headers: known }),
            Verdict::Failed => ControlFlow::Break(Early { status: StatusCode::PRECONDITION_FAILED, headers: known }),
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

/// An answer that its handler did not make. It has no body.
pub(in crate::page) struct Early {
    pub(in crate::page) status: StatusCode,
    pub(in crate::page) headers: HeaderMap,
}

/// What is known of a page before it is made.
#[doc(hidden)]
#[derive(Debug)]
pub struct Known(HeaderMap);

impl Known {
    /// Says so on a page of this status, unless that says it itself, or there is none.
    pub(in crate::page) fn say(self, status: StatusCode, headers: &mut HeaderMap) {
        if status.is_success() {
            for (name, value) in self.0.into_iter().filter_map(|(name, value)| Some((name?, value))) {
                headers.entry(name).or_insert(value);
            }
        }
    }
}
