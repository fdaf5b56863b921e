//! A layer behind a layer: the one nearer to the handler keeps the page, by what it is told apart by there.
//!
//! The outer one hides what it does not tell apart, so it leaves a note of that, from which the inner one takes back what
//! it needs to see; and it keeps nothing that an inner one has answered, since it does not know by what that was told apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::ACCEPT_ENCODING;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Uri};

use super::hide::{View, forget_conditions};
use super::whole;

/// What a layer leaves in a request for those behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outer {
    /// The marks of the sites that make a page of this request.
    sites: Vec<u64>,
    /// What was hidden.
    headers: HeaderMap,
    /// What was shown: a layer between may have written something else.
    shown: HeaderMap,
    /// The whole query, and what was shown of it.
    query: [Option<Box<str>>; 2],
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
        for (name, value) in request.headers.iter().filter(|(name, _)| !is_same(name, &request.headers, &seen.headers))
        {
            outer.headers.append(name, value.clone());
        }
        outer.shown = seen.headers.clone();
        forget_conditions(&mut outer.headers);
        // Whoever fills holes has to read what comes back.
        if view.no_encodings {
            outer.headers.remove(ACCEPT_ENCODING);
        }
        outer.query = [request, &*seen].map(|parts| parts.uri.query().map(Into::into));
        seen.extensions.insert(outer);
    }

    /// Returns whether this site makes a page of the request already: who waits for that would wait for ever.
    pub(super) fn is_of(&self, site: u64) -> bool {
        self.sites.contains(&site)
    }

    /// Returns whether a site makes a page of this request, or hands it to a handler.
    #[inline]
    pub(super) fn is_before(request: &Parts) -> bool {
        request.extensions.get::<Self>().is_some()
    }

    /// Takes back what another site has hidden, which is told so. What a layer between has written stays: it knows who asks,
    /// and the client may have written that it is somebody else.
    pub(super) fn uncover(site: u64, request: &mut Parts) {
        let outer = request.extensions.get::<Self>().filter(|outer| !outer.is_of(site));
        let Some(mut outer) = outer.cloned() else { return };
        outer.nearer.iter().for_each(|Nearer(seen)| seen.store(true, Ordering::Release));
        let (headers, shown) = (std::mem::take(&mut outer.headers), std::mem::take(&mut outer.shown));
        for name in headers.keys() {
            if is_same(name, &request.headers, &shown) {
                request.headers.remove(name);
                request.headers.extend(headers.get_all(name).iter().map(|line| (name.clone(), line.clone())));
            }
        }
        let [query, shown] = outer.query.each_ref().map(Option::as_deref);
        let whole = whole::of_mut(&mut request.extensions);
        for uri in [Some(&mut request.uri), whole].into_iter().flatten().filter(|uri| uri.query() == shown) {
            *uri = with_query(uri, query);
        }
        request.extensions.insert(outer);
    }
}

fn is_same(name: &HeaderName, ours: &HeaderMap, theirs: &HeaderMap) -> bool {
    ours.get_all(name).iter().eq(theirs.get_all(name))
}

fn with_query(uri: &Uri, query: Option<&str>) -> Uri {
    let mut parts = uri.clone().into_parts();
    let text = query.map_or_else(|| uri.path().to_owned(), |query| format!("{}?{query}", uri.path()));
    parts.path_and_query = text.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}
