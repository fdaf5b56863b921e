//! Where pages live: a cache, and what belongs to its pages.

use std::sync::Arc;

use super::Setup;
use crate::page::driven::Driver;
use crate::page::flights::Flights;
use crate::page::locale::Locales;
use crate::page::named::Naming;
use crate::page::policy::Policy;
use crate::page::purge::Purges;
use crate::page::quiet::Quiet;
use crate::page::record::Page;
use crate::page::variant::Front;
use crate::{Cache, Error, Ttl};

/// The cache, and what belongs to its pages.
#[derive(Clone, Debug)]
pub(in crate::page) struct Home {
    pub(in crate::page) cache: Cache,
    /// Whether it takes the hits of the handler whose pages these are into its own count.
    pub(in crate::page) counts: bool,
    pub(in crate::page) flights: Arc<Flights>,
    pub(in crate::page) purges: Purges,
    pub(in crate::page) quiet: Arc<Quiet>,
    pub(in crate::page) locales: Arc<Locales>,
    /// What the place was told, and for how long the cache keeps what says nothing, where that counts.
    pub(in crate::page) policy: Arc<Policy>,
}

/// What is for ever elsewhere, in seconds: RFC 2616 had it that nothing says more than a year.
const YEAR: u64 = 31_536_000;

impl Home {
    pub(in crate::page) fn new(cache: Cache, setup: &Setup) -> Self {
        let mut policy = setup.policy.clone();
        if setup.is_usual {
            policy.usual = Some(match cache.usual_ttl() {
                Ttl::For(time) => time.as_secs(),
                Ttl::Default | Ttl::Forever => YEAR,
            });
        }
        let purges = Purges::of(&cache);
        let goes_by_more = setup.naming != Naming::Unnamed || !setup.extensions.is_empty() || !setup.prefix.is_empty();
        // What another process keeps near is not found by who deletes it.
        if setup.guarded || goes_by_more || cache.hears_late() {
            purges.note_more();
        }
        Self {
            counts: false,
            flights: cache.beside(),
            purges,
            quiet: cache.beside(),
            locales: cache.beside(),
            policy: Arc::new(policy),
            cache,
        }
    }

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
        self.cache.tell_trouble("pages", error);
    }

    /// Finds out what other processes have invalidated, before a page is judged; says whether that could be found out.
    pub(in crate::page) async fn learn(&self, page: &Page) -> bool {
        self.heard(self.purges.learn(&self.cache, page).await).is_some()
    }
}
