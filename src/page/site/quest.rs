//! What is looked for, and what was found.

use cache_core::explain::{Note, Place};
use cache_core::stats::Event;
use cache_core::trace::{self, Span};
use http::{HeaderMap, HeaderValue};

use super::{Annotation, Home, Site};
use crate::Key;
use crate::page::flights::Name;
use crate::page::policy::{Pass, Wanted};
use crate::page::record::Page;
use crate::page::variant::Variants;

/// What was found out about a request, without anybody having been asked.
pub(in crate::page) enum Look {
    /// A page answers it, at this time. Behind the answer it may have to be made anew.
    Found(Page, Option<Box<Quest>>, u64),
    /// It is none of the cache's business.
    Pass(Pass),
    /// Somebody has to be asked.
    Seek(Box<Quest>),
    /// A part is asked for of what is not there.
    Part(Box<Quest>),
}

impl Look {
    /// Returns what becomes of the request, as it is counted.
    #[inline]
    fn event(&self) -> Option<Event> {
        match self {
            Self::Found(page, _, now) if page.facts().left(*now) < 0 => Some(Event::Stale),
            Self::Found(..) => Some(Event::Hit),
            Self::Seek(_) | Self::Part(_) => Some(Event::Miss),
            Self::Pass(_) => None,
        }
    }
}

impl Site {
    /// Counts what was found, once for each request.
    #[inline]
    pub(in crate::page) fn count(&self, home: &Home, look: &Look) {
        if let Some(event) = look.event() {
            self.note(home, event);
        }
    }

    /// Returns where it stands in the program, where it is annotated.
    pub(in crate::page) fn place(&self) -> Option<Place> {
        self.setup.annotated.map(|annotation| annotation.site.place())
    }

    #[inline]
    pub(in crate::page) fn note(&self, home: &Home, event: Event) {
        if event == Event::Stale {
            trace::stale(self.place().as_ref(), home.cache.name(), None);
        }
        match self.setup.annotated {
            // Counted in one place for both, and by each thread for itself.
            Some(Annotation { site, .. }) if event == Event::Hit && home.counts => site.note_hit(),
            Some(Annotation { site, .. }) => {
                home.cache.note(event);
                site.note(event);
            }
            None => home.cache.note(event),
        }
    }
}

/// A page that is looked for.
#[derive(Clone, Debug)]
pub(in crate::page) struct Quest {
    pub(in crate::page) key: Key,
    pub(in crate::page) wanted: Wanted,
    pub(in crate::page) variants: Option<Variants>,
    /// A page that may not answer without being asked for anew, and whether it may when that fails.
    pub(in crate::page) old: Option<(Page, bool)>,
    /// Whether an answer that others get is no answer for this one.
    pub(in crate::page) alone: bool,
    /// Whether whoever makes the page waits for this one, which is part of it.
    pub(in crate::page) is_inside: bool,
    /// Whether the page is one that a `POST` was answered with.
    pub(in crate::page) posted: bool,
    /// The part that is asked for, where it is to be kept.
    pub(in crate::page) range: Option<HeaderValue>,
    /// Who is told what becomes of it.
    pub(in crate::page) note: Option<Note>,
    /// The same for whoever traces, once the handler is asked.
    pub(in crate::page) span: Span,
}

impl Quest {
    pub(in crate::page) fn new(key: Key, wanted: Wanted) -> Self {
        let (variants, old, range, note, span) = (None, None, None, None, Span::NONE);
        Self { key, wanted, variants, old, alone: false, is_inside: false, posted: false, range, note, span }
    }

    /// Returns the name by which those find each other who make the same page.
    pub(in crate::page) fn name(&self, site: &Site, request: &HeaderMap) -> Name {
        let known = self.variants.as_ref().and_then(|variants| variants.keys(site, request).next());
        (site.mark, known.unwrap_or_else(|| self.key.clone()))
    }
}
