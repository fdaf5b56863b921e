//! Where pages live: a cache, and what belongs to its pages.

use std::sync::Arc;

use crate::page::driven::Driver;
use crate::page::flights::Flights;
use crate::page::locale::Locales;
use crate::page::purge::{Pattern, Purges};
use crate::page::quiet::Quiet;
use crate::page::variant::Front;
use crate::{Cache, Error};

/// The cache, and what belongs to its pages.
#[derive(Clone, Debug)]
pub(in crate::page) struct Home {
    pub(in crate::page) cache: Cache,
    pub(in crate::page) flights: Arc<Flights>,
    pub(in crate::page) purges: Arc<Purges>,
    pub(in crate::page) quiet: Arc<Quiet>,
    pub(in crate::page) locales: Arc<Locales>,
}

impl Home {
    /// Reads the clock of the cache, in milliseconds.
    pub(in crate::page) fn now(&self) -> u64 {
        self.cache.clock().wall_millis()
    }

    /// Returns what runs tasks for those who wait for pages of this cache.
    pub(in crate::page) fn driver(&self) -> Driver {
        Driver::new(self.cache.executor())
    }

    /// Returns what was found. A store that fails holds nothing.
    #[inline]
    pub(in crate::page) fn found(&self, found: Result<Option<Front>, Error>) -> Option<Front> {
        found.unwrap_or_else(|error| {
            self.trouble(&error);
            None
        })
    }

    /// Returns what a store said; `None` where it failed.
    pub(in crate::page) fn heard<T>(&self, said: Result<T, Error>) -> Option<T> {
        said.inspect_err(|error| self.trouble(error)).ok()
    }

    /// Returns whether something was kept. A store that fails keeps nothing.
    pub(in crate::page) fn kept(&self, kept: Result<bool, Error>) -> bool {
        kept.unwrap_or_else(|error| {
            self.trouble(&error);
            false
        })
    }

    #[cold]
    pub(in crate::page) fn trouble(&self, error: &Error) {
        log::warn!("cache `{}`, pages: {error}", self.cache.name());
    }

    /// Invalidates what a pattern means.
    pub(in crate::page) fn purge(&self, pattern: Pattern) {
        self.purges.add(pattern, self.now());
    }
}
