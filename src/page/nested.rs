//! A layer behind a layer: the one nearer to the handler keeps the page, by what it is told apart by there.
//!
//! The outer one hides what it does not tell apart, so it leaves a note of that, from which the inner one takes back what
//! it needs to see; and it keeps nothing that an inner one has answered, since it does not know by what that was told apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::OriginalUri;
use http::header::ACCEPT_ENCODING;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Uri};

use super::hide::{View, forget_conditions};

/// What a layer leaves in a request for those behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outer {
    /// The marks of the sites that make a page of this request.
    sites: Vec<u64>,
    /// What was hidden.
    headers: HeaderMap,
    /// The whole query.
    query: Option<Box<str>>,
    /// Where they wait to be told.
    nearer: Vec<Nearer>,
}

/// Whether a layer nearer to the handler has seen what this one hides. It is told beside the response, which a layer
/// between may make anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Nearer(Arc<AtomicBool>);

impl Nearer {
    pub(super) fn is_there(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Outer {
    /// Leaves a note in what a handler gets to see of a request, for a layer behind this one.
    pub(super) fn note(site: u64, nearer: &Nearer, view: &View, request: &Parts, seen: &mut Parts) {
        let mut outer = seen.extensions.remove::<Self>().unwrap_or_default();
        outer.sites.push(site);
        outer.nearer.push(nearer.clone());
        let is_seen = |name: &HeaderName| request.headers.get_all(name).iter().eq(seen.headers.get_all(name));
        for (name, value) in request.headers.iter().filter(|(name, _)| !is_seen(name)) {
            outer.headers.append(name, value.clone());
        }
        forget_conditions(&mut outer.headers);
        // Whoever fills holes has to read what comes back.
        if view.no_encodings {
            outer.headers.remove(ACCEPT_ENCODING);
        }
        outer.query = request.uri.query().map(Into::into);
        seen.extensions.insert(outer);
    }

    /// Returns whether this site makes a page of the request already: who waits for that would wait for ever.
    pub(super) fn is_of(&self, site: u64) -> bool {
        self.sites.contains(&site)
    }

    /// Takes back what another site has hidden, which is told so, and says whether one has.
    pub(super) fn uncover(site: u64, request: &mut Parts) -> bool {
        let outer = request.extensions.get::<Self>().filter(|outer| !outer.is_of(site));
        let Some(mut outer) = outer.cloned() else { return false };
        outer.nearer.iter().for_each(|Nearer(seen)| seen.store(true, Ordering::Release));
        for name in outer.headers.keys() {
            request.headers.remove(name);
        }
        for (name, value) in &outer.headers {
            request.headers.append(name, value.clone());
        }
        outer.headers.clear();
        request.uri = with_query(&request.uri, outer.query.as_deref());
        if let Some(OriginalUri(whole)) = request.extensions.get_mut() {
            *whole = with_query(whole, outer.query.as_deref());
        }
        request.extensions.insert(outer);
        true
    }
}

fn with_query(uri: &Uri, query: Option<&str>) -> Uri {
    let mut parts = uri.clone().into_parts();
    let text = query.map_or_else(|| uri.path().to_owned(), |query| format!("{}?{query}", uri.path()));
    parts.path_and_query = text.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}
