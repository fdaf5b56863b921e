//! The near level: values of a store outside, as they are, in the memory of this process.
//!
//! It is filled by what was read from the store, and by nothing else: so it never holds what the store did not. Each entry
//! stays for a short time, and goes as soon as anybody of this process changes it, or the store tells that somebody else
//! did. Whoever fills it takes a ticket before the store is asked, which is worth nothing once the name was changed: what was
//! read before a change is not kept here after it. A change takes place in the store first, and here when that is done;
//! whoever asks in between is answered as if it had asked before.
//!
//! While a store that tells is not heard, nothing is read here. One that does not tell is taken as it is: its other users'
//! changes are seen when the short time is over.

mod changes;
mod ear;
mod fill;
mod party;
mod seen;

use std::sync::Arc;
use std::time::Duration;

use changes::Changes;
pub(super) use changes::Ticket;
pub(crate) use ear::listen;
pub(super) use fill::Asking;
pub(crate) use party::Party;
use seen::Seen;

use super::marker::Markers;
use crate::clock::{Clock, Tick};
use crate::flight::is_in_body;
use crate::key::{Name, Scope};
use crate::lock::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::lock::{RwLock, read, write};
use crate::record::Erased;
use crate::stats::Stats;
use crate::store::{Limits, Store};
use crate::tags::Tags;

/// How many entries a near level holds where nobody says so.
pub(crate) const USUAL_ENTRIES: u64 = 10_000;

/// How many scopes there are entries of: a cache has as many as versions of it are spoken of.
const MOST_SCOPES: usize = 64;

/// What a near level is to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    pub(crate) entries: u64,
    pub(crate) bytes: Option<u64>,
}

/// The near level of one cache.
#[derive(Debug)]
pub(crate) struct Near {
    store: Store,
    time: Duration,
    /// What all its names begin with.
    start: Box<[u8]>,
    /// Whether its store tells, so that what is here is good until told otherwise.
    tells: bool,
    /// Whether it may be read: not while a store that tells is not heard.
    is_heard: AtomicBool,
    changes: Changes,
    scopes: RwLock<Vec<Scope>>,
    markers: Arc<Markers>,
    seen: Seen,
    tags: Arc<Tags>,
    clock: Clock,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What a near level belongs to.
pub(crate) struct Behind {
    pub(crate) markers: Arc<Markers>,
    pub(crate) tags: Arc<Tags>,
    pub(crate) clock: Clock,
    pub(crate) start: String,
    pub(crate) tells: bool,
}

impl Near {
    pub(crate) fn new(bounds: Bounds, behind: Behind) -> Self {
        let Behind { markers, tags, clock, start, tells } = behind;
        let limits = Limits { max_entries: bounds.entries, max_bytes: bounds.bytes };
        Self {
            store: Store::new(limits, clock.clone()),
            time: bounds.time,
            start: start.into_bytes().into(),
            tells,
            is_heard: AtomicBool::new(!tells),
            changes: Changes::default(),
            scopes: RwLock::default(),
            markers,
            seen: Seen::default(),
            tags,
            clock,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Returns whether what is here may be read.
    #[inline]
    fn is_good(&self) -> bool {
        self.is_heard.load(Ordering::Acquire)
    }

    /// Returns the store to look into, if what is there may be read.
    ///
    /// Not by a body: what is old here goes when it is told, or when its short time is over, and what is made of it
    /// would be kept for its own, in the store, for all processes.
    #[inline]
    pub(super) fn at_hand(&self) -> Option<&Store> {
        (self.is_good() && !is_in_body()).then_some(&self.store)
    }

    /// Returns whether its store tells of changes.
    pub(super) fn is_told(&self) -> bool {
        self.tells
    }

    pub(super) fn count_hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    fn count_miss(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds what it has counted, and those hits that sites count for themselves.
    pub(super) fn add_to(&self, stats: &mut Stats, of_sites: u64) {
        stats.near_hits = self.hits.load(Ordering::Relaxed) + of_sites;
        stats.near_misses = self.misses.load(Ordering::Relaxed);
        stats.near_entries = self.store.len();
        stats.near_bytes = self.store.bytes();
    }

    /// Returns whether the versions of tags are told, and so worth remembering.
    fn hears_of_tags(&self) -> bool {
        self.tells && self.is_good()
    }

    /// Returns what the marker of a tag said when it was last asked, if it was not told to say something else since. A
    /// body asks it: what it was told may be on its way.
    pub(super) fn recall(&self, tag: u64) -> Option<u64> {
        (self.hears_of_tags() && !is_in_body()).then(|| self.seen.version(tag)).flatten()
    }

    /// Notes how things stand before these markers are asked.
    pub(super) fn before_asking(&self, tags: &[u64]) -> Vec<Ticket> {
        if self.hears_of_tags() { tags.iter().map(|tag| self.seen.ticket(*tag)).collect() } else { Vec::new() }
    }

    /// Remembers what one of them said.
    pub(super) fn note_version(&self, ticket: &Ticket, tag: u64, version: u64) {
        if self.hears_of_tags() {
            self.seen.note(ticket, tag, version);
        }
    }

    /// Returns until when something may be kept here that the store was asked for at this time, and that is good until `end`:
    /// how long the answer was on its way is part of how old it may get.
    fn until(&self, asked: Tick, end: Tick) -> Tick {
        asked.after(self.time).min(end)
    }

    /// Keeps a record that had so many bytes in the store, unless its name was changed since the ticket was taken.
    fn keep(&self, ticket: &Ticket, name: &Name, record: Erased, bytes: u64) {
        if !self.is_good() || !self.knows(name.scope()) {
            return;
        }
        let bytes = if self.store.counts_bytes() { bytes } else { 0 };
        // What had to make room is dropped outside of the lock: that runs code of its author.
        let mut record = Some(record);
        let inserted =
            self.changes.redeem(ticket, || record.take().map(|record| self.store.insert(name, record, bytes)));
        drop(inserted);
    }

    /// Remembers that there are entries of this scope, by which they are found again when a name is told.
    fn knows(&self, scope: &Scope) -> bool {
        if read(&self.scopes).contains(scope) {
            return true;
        }
        let mut scopes = write(&self.scopes);
        let has_room = scopes.len() < MOST_SCOPES;
        if has_room && !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
        has_room
    }

    /// Lets go of what is under this name, and of what is on its way here.
    fn forget(&self, name: &[u8]) {
        if !name.starts_with(&self.start) {
            return;
        }
        self.changes.change(name);
        let names: Vec<_> = read(&self.scopes).iter().filter_map(|scope| scope.name_read(name)).collect();
        let removed: Vec<_> = names.iter().filter_map(|name| self.store.remove(name)).collect();
        drop(removed);
    }

    /// Lets go of everything that may begin like this.
    fn forget_all(&self, start: &[u8]) {
        if start.starts_with(&self.start) || self.start.starts_with(start) {
            self.empty();
        }
    }

    /// Lets go of everything.
    fn empty(&self) {
        self.changes.change_all();
        self.seen.forget_all();
        drop(self.store.clear());
    }
}
