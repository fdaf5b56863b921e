//! Who asks: a cache, and the site in whose name.

use std::borrow::Cow;
use std::time::Duration;

use super::Cache;
use super::home::Home;
use crate::backend::layer::is_being_removed;
use crate::error::Error;
use crate::explain::Place;
use crate::seen;
use crate::stats::{Counters, Event};

/// A cache, and the site in whose name it is asked, where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// Borrowed for ever where that is a cache of the program.
    pub(crate) cache: Cow<'static, Cache>,
    pub(crate) site: Option<Named>,
}

/// A site as its cache sees it: a name and a place for messages, and counters of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) place: &'static Place,
    pub(crate) counters: &'static Counters,
}

impl Cache {
    /// Counts an event, for the cache and for whoever drives this thread.
    #[inline]
    pub(super) fn count(&self, event: Event) {
        self.counters().count(event);
        seen::note(event);
    }

    /// Counts an event, for the cache and for the site in whose name it is asked.
    #[inline]
    pub(super) fn count_for(&self, site: Option<Named>, event: Event) {
        self.count(event);
        if let Some(site) = site {
            site.counters.count(event);
        }
    }
}

impl Asker {
    pub(crate) fn new(cache: Cow<'static, Cache>, site: Option<Named>) -> Self {
        Self { cache, site }
    }

    pub(crate) fn home(&self) -> &Home {
        self.cache.home()
    }

    /// Counts an event, for the cache and for the site.
    pub(crate) fn count(&self, event: Event) {
        self.cache.count_for(self.site, event);
    }

    pub(crate) fn count_load(&self, took: Duration) {
        self.cache.counters().count_load(took);
        if let Some(site) = self.site {
            site.counters.count_load(took);
        }
    }

    /// Counts trouble with the store, or with a value that it cannot have, which is not the caller's, and tells the log.
    pub(crate) fn trouble(&self, error: &Error) {
        if is_being_removed(error) {
            return;
        }
        self.count(Event::Trouble);
        self.cache.tell_trouble(format_args!("`{}`", self.what()), error);
    }

    /// Returns what to call this caller in a message.
    pub(crate) fn what(&self) -> &str {
        self.site.map_or(self.cache.name(), |site| site.place.name)
    }
}
