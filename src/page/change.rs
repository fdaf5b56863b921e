//! What an unsafe request changes is not answered from before (RFC 9111, 4.4).

use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{Method, Response, Uri};

use super::key::Asked;
use super::part;
use super::policy;
use super::site::Site;
use crate::Key;

/// A request that may change what pages show.
pub(super) struct Change {
    method: Method,
    /// What is kept of the request, to know what it was for.
    request: Parts,
}

impl Change {
    pub(super) fn of(request: &Parts) -> Self {
        Self { method: request.method.clone(), request: request.clone() }
    }

    /// Returns what is to be emptied: what the request was for, and what its answer says is elsewhere, if it succeeded.
    pub(super) fn keys<R>(&self, site: &Site, response: &Response<R>) -> Vec<Key> {
        if !policy::empties(&self.method, response.status()) {
            return Vec::new();
        }
        let Ok(asked) = Asked::of(&self.request) else { return Vec::new() };
        let part_of = |key: &Key| site.setup.parts.then(|| part::key(key));
        let elsewhere = absolute(&asked).map(|uri| policy::also_empties(&uri, response.headers()));
        let elsewhere: Vec<_> = elsewhere.into_iter().flatten().collect();
        let keys = asked.with_others(&elsewhere).map(|asked| site.key_of(&self.request, &asked));
        keys.flat_map(|key| part_of(&key).into_iter().chain([key])).collect()
    }
}

/// Returns the whole address that a request is for.
fn absolute(asked: &Asked<'_>) -> Option<Uri> {
    let scheme = if asked.scheme.is_empty() { Scheme::HTTP } else { asked.scheme.parse().ok()? };
    let authority = Authority::try_from(asked.host).ok()?;
    Uri::builder().scheme(scheme).authority(authority).path_and_query(asked.uri.path_and_query()?.clone()).build().ok()
}
