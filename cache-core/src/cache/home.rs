//! Where the entries of one or several caches live.

use std::ops::Deref;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::across::Locks;
use super::draw::Chance;
use super::marker::Markers;
use super::near::{Near, Party};
use super::outage::Outage;
use super::quiet::Quiet;
use super::sends::Sends;
use super::verify::Verifying;
use crate::backend::layer::{Means, Unopened};
use crate::backend::{ErasedBackend, Listening};
use crate::clock::Clock;
use crate::codec::Codec;
use crate::error::Error;
use crate::executor::Executor;
use crate::flight::Flights;
use crate::key::Name;
use crate::policy::{self, Freshness, Options};
use crate::record::Times;
use crate::store::Store;
use crate::tags::{Tags, fingerprint};

/// A store with what belongs to it: the loads under way for its entries, a clock, and a runtime where there is one.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) backing: Backing,
    pub(crate) flights: Arc<Flights>,
    pub(crate) clock: Clock,
    pub(crate) executor: Arc<dyn Executor>,
    /// Those of all caches that belong together.
    pub(crate) tags: Arc<Tags>,
    /// What is on its way into a store outside.
    pub(super) sends: Sends,
    /// Which entries of a store outside are left alone for a moment.
    pub(super) quiet: Quiet,
    /// Whether its store is away, for the log.
    pub(super) outage: Outage,
    /// What this process draws for the values in it.
    pub(super) chance: Chance,
    /// What is being verified.
    pub(super) verifying: Verifying,
    /// What keeps other processes from running a body meanwhile.
    pub(super) locks: Arc<Locks>,
    /// What is kept in this process of a store outside.
    pub(super) near: Option<Arc<Near>>,
    /// All near levels that are to be told what is changed here.
    pub(super) party: Arc<Party>,
    /// Whether and as long as that near level hears of changes in its store.
    _listening: Option<Listening>,
}

/// A near level, on its way to where it belongs.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    pub(crate) near: Option<Arc<Near>>,
    pub(crate) party: Arc<Party>,
    pub(crate) listening: Option<Listening>,
}

/// What kind of store is behind a cache.
#[derive(Debug)]
pub(crate) enum Backing {
    /// This process.
    Memory(Store),
    /// Nowhere: nothing is kept.
    Null,
    /// A store that takes bytes.
    Outside(Outside),
}

/// A store that takes bytes, and how this cache writes there.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    pub(crate) backend: Arc<dyn ErasedBackend>,
    pub(crate) markers: Arc<Markers>,
    /// In what form its values are written.
    pub(crate) codec: Codec,
    /// The most bytes that an entry may have.
    pub(crate) max_value_bytes: Option<u64>,
    /// Whether it answers where its caller stands.
    in_place: bool,
    /// Whether those who make nothing of what they read go by what they have heard a while ago.
    is_trusted: bool,
    /// What the layers around it count.
    unopened: Arc<Unopened>,
    /// What tells the versions of its tags from those of other stores.
    pub(super) id: u64,
}

impl Outside {
    pub(crate) fn new(
        backend: Arc<dyn ErasedBackend>,
        markers: Arc<Markers>,
        codec: Codec,
        max_value_bytes: Option<u64>,
        means: &Means,
    ) -> Self {
        let in_place = backend.capabilities().in_place;
        // As in `is_same`. Should another store ever be taken for it, its versions are none that a marker here says.
        let id = fingerprint(&format!("{:p} {}", Arc::as_ptr(&backend), markers.start()));
        let (unopened, is_trusted) = (Arc::clone(means.unopened()), false);
        Self { backend, markers, codec, max_value_bytes, in_place, is_trusted, unopened, id }
    }

    /// Says whether those who make nothing of what they read go by what they have heard a while ago, as where a cache is cleared
    /// by a number in names.
    pub(crate) fn trusting(mut self, is_trusted: bool) -> Self {
        self.is_trusted = is_trusted;
        self
    }

    pub(super) fn is_trusted(&self) -> bool {
        self.is_trusted
    }

    /// Returns how many entries its layers did not open.
    pub(super) fn unopened(&self) -> u64 {
        self.unopened.count()
    }

    /// Returns what is under a name, where the store says so at once; else it is to be asked again, and waited for.
    ///
    /// # Errors
    ///
    /// When the store fails at once: then it is not to be asked again.
    pub(super) fn at_once(&self, name: &Name) -> Poll<Result<Option<Vec<u8>>, Error>> {
        self.backend.get(name).as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Returns whether it answers where its caller stands.
    pub(super) fn is_in_place(&self) -> bool {
        self.in_place
    }

    /// Returns whether so many bytes are within its limits.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.max_value_bytes.is_none_or(|max| bytes as u64 <= max) && self.backend.capabilities().takes(bytes)
    }

    /// Returns how many bytes are within its limits, where it has some.
    pub(super) fn limit(&self) -> Option<u64> {
        let limits = [self.max_value_bytes, self.backend.capabilities().max_value_bytes];
        limits.into_iter().flatten().min()
    }

    /// Returns whether both stand before the same store, for caches of one prefix.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.backend, &other.backend) && self.markers.are_those_of(&other.markers)
    }
}

impl Deref for Outside {
    type Target = dyn ErasedBackend;

    fn deref(&self) -> &Self::Target {
        &*self.backend
    }
}

impl Home {
    pub(crate) fn new(
        backing: Backing,
        clock: Clock,
        executor: Arc<dyn Executor>,
        tags: Arc<Tags>,
        nearby: Nearby,
    ) -> Arc<Self> {
        if matches!(backing, Backing::Outside(_)) {
            tags.expect_outsiders();
        }
        let (flights, sends, quiet, locks) = (Arc::default(), Sends::default(), Quiet::default(), Locks::new());
        let (outage, chance, verifying) = (Outage::default(), Chance::new(&clock), Verifying::new(&clock));
        let Nearby { near, party, listening } = nearby;
        Arc::new(Self {
            backing,
            flights,
            clock,
            executor,
            tags,
            sends,
            quiet,
            outage,
            chance,
            verifying,
            locks,
            near,
            party,
            _listening: listening,
        })
    }

    /// Returns the store in this process to look into first, where there is one that may be read.
    #[inline]
    pub(crate) fn at_hand(&self) -> Option<&Store> {
        match &self.backing {
            Backing::Memory(store) => Some(store),
            Backing::Null | Backing::Outside(_) => self.near.as_ref()?.at_hand(),
        }
    }

    /// Counts that what was asked for was found near, unless that is all there is.
    pub(crate) fn count_near_hit(&self) {
        if let Some(near) = &self.near {
            near.count_hit();
        }
    }

    /// Returns whether a value with these times, that has drawn this lead, is fresh beyond all question.
    pub(super) fn is_fresh(&self, times: Times, lead: Duration, options: &Options) -> bool {
        policy::freshness_by_chance(times, lead, options, self.clock.now()) == Freshness::Fresh
    }

    /// Notes where a store outside has done what it was asked.
    pub(super) fn heard<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if outcome.is_ok() {
            self.outage.answered(&self.clock);
        }
        outcome
    }

    /// Returns the in-process store, where that is what is behind it.
    pub(crate) fn memory(&self) -> Option<&Store> {
        match &self.backing {
            Backing::Memory(store) => Some(store),
            Backing::Null | Backing::Outside(_) => None,
        }
    }

    /// Returns the store outside, where that is what is behind it.
    pub(crate) fn outside(&self) -> Option<&Outside> {
        match &self.backing {
            Backing::Outside(outside) => Some(outside),
            Backing::Null | Backing::Memory(_) => None,
        }
    }

    /// Returns what a value weighs, where that is counted.
    pub(crate) fn weigh(&self, bytes: impl FnOnce() -> u64) -> u64 {
        if self.memory().is_some_and(Store::counts_bytes) { bytes() } else { 0 }
    }
}
