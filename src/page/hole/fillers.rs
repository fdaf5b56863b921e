//! What one place in a program fills its holes with.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "actix")]
use http::Extensions;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, IF_RANGE, RANGE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::mark::{self, Marks};
use super::{Fill, Hole};
#[cfg(feature = "actix")]
use crate::page::carried::{Carry, carry};

/// What a place fills its holes with, by their names.
#[derive(Clone, Default)]
pub(in crate::page) struct Fillers(Arc<[Filler]>);

#[derive(Clone)]
struct Filler {
    name: &'static str,
    fill: Arc<dyn Fn(&Parts) -> Fill + Send + Sync>,
    /// What it reads that layers of actix have put into a request.
    #[cfg(feature = "actix")]
    carry: Option<Carry>,
}

impl Fillers {
    /// Adds one for a hole, whose mark stands in pages from now on.
    pub(in crate::page) fn with_hole(
        &self,
        hole: &Hole,
        fill: impl Fn(&Parts) -> Fill + Send + Sync + 'static,
    ) -> Self {
        Marks::learn(hole.name);
        self.with(hole.name, fill)
    }

    /// Adds one that goes by what a layer outside has put into the extensions of a request.
    pub(in crate::page) fn with_hole_for<W: Clone + Send + Sync + 'static>(
        &self,
        hole: &Hole,
        fill: impl Fn(Option<&W>) -> Fill + Send + Sync + 'static,
    ) -> Self {
        Marks::learn(hole.name);
        let fill = Arc::new(move |request: &Parts| fill(request.extensions.get::<W>()));
        self.with_filler(Filler {
            name: hole.name,
            fill,
            #[cfg(feature = "actix")]
            carry: Some(carry::<W>),
        })
    }

    /// Adds one, in the place of the one that there was.
    pub(super) fn with(&self, name: &'static str, fill: impl Fn(&Parts) -> Fill + Send + Sync + 'static) -> Self {
        self.with_filler(Filler {
            name,
            fill: Arc::new(fill),
            #[cfg(feature = "actix")]
            carry: None,
        })
    }

    fn with_filler(&self, filler: Filler) -> Self {
        let name = filler.name;
        let others = self.0.iter().filter(|other| other.name != name).cloned();
        Self(others.chain([filler]).collect())
    }

    /// Takes what they read out of a request of actix.
    #[cfg(feature = "actix")]
    pub(in crate::page) fn carry(&self, theirs: &actix_web::dev::Extensions, ours: &mut Extensions) {
        self.0.iter().filter_map(|filler| filler.carry).for_each(|carry| carry(theirs, ours));
    }

    /// Returns whether nothing is to be filled, and nothing to be looked for.
    pub(in crate::page) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, name: &str) -> Option<&dyn Fn(&Parts) -> Fill> {
        self.0.iter().find(|filler| filler.name == name).map(|filler| &*filler.fill as _)
    }

    /// Returns the request as the visitor wrote it, where holes are filled with that, and takes out of the other one
    /// what would have an answer come in parts, or in a form in which no mark can be seen.
    pub(in crate::page) fn visitor(&self, request: &mut Parts) -> Option<Parts> {
        if self.is_empty() {
            return None;
        }
        let visitor = request.clone();
        for name in [ACCEPT_ENCODING, RANGE, IF_RANGE] {
            request.headers.remove(name);
        }
        Some(visitor)
    }

    /// Returns whether there may be marks in what these headers speak of.
    pub(in crate::page) fn look_into(&self, headers: &HeaderMap) -> bool {
        !self.is_empty() && (is_text(headers) || mark::are_in(&Marks::all(), headers))
    }

    /// Returns whether no mark can be seen in this content.
    pub(in crate::page) fn are_blind_to(&self, headers: &HeaderMap) -> bool {
        !self.is_empty() && headers.get_all(CONTENT_ENCODING).iter().any(|coding| coding != "identity")
    }
}

/// Returns whether a handler may have written a mark into this: not into what is no text.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let is = |name: &str| kind.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    is("image/svg") || !["image/", "audio/", "video/", "font/"].into_iter().any(is)
}

impl fmt::Debug for Fillers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|filler| filler.name)).finish()
    }
}
