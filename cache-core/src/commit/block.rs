//! What is noted while some work goes on, and what that has come to.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::iter;
use std::sync::Arc;

use ahash::RandomState;

use super::rest::Again;
use crate::lock::{Mutex, lock, thread_local};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Block>>> = const { RefCell::new(None) };
}

/// What is invalidated and changed while some work goes on.
#[derive(Debug)]
pub(super) struct Block {
    kind: Kind,
    outer: Option<Arc<Block>>,
    noted: Mutex<Noted>,
}

/// What the work is, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Whatever somebody says takes effect at one moment.
    Work,
    /// A transaction that says when it commits.
    Transaction,
    /// The same in a transaction, with which it takes effect.
    Savepoint,
}

#[derive(Default)]
struct Noted {
    what: HashMap<Box<[u8]>, Places, RandomState>,
    /// By its place in the order in which it was noted.
    again: BTreeMap<u64, Again>,
    notes: u64,
    events: Vec<Again>,
    stage: Stage,
    /// What is read is for the work alone.
    reads_for_itself: bool,
    has_ended: bool,
}

/// Where something stands among all that was noted.
///
/// Two places, however often it was: what is made of it may have been named after the first, and what it is made of before
/// the last.
struct Places {
    first: u64,
    last: u64,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Working,
    Committing,
    Committed,
}

/// How work has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Committed,
    RolledBack,
    /// Its caller has left half-way, or it has panicked.
    Left,
}

impl Block {
    pub(super) fn of_work() -> Arc<Self> {
        Self::new(Kind::Work)
    }

    pub(super) fn of_transaction(is_savepoint: bool) -> Arc<Self> {
        Self::new(if is_savepoint { Kind::Savepoint } else { Kind::Transaction })
    }

    fn new(kind: Kind) -> Arc<Self> {
        let noted = Noted { reads_for_itself: kind != Kind::Work, ..Noted::default() };
        Arc::new(Self { kind, outer: current(), noted: Mutex::new(noted) })
    }

    /// This one, and those that it is in.
    fn chain(&self) -> impl Iterator<Item = &Self> {
        iter::successors(Some(self), |block| block.outer.as_deref())
    }

    pub(super) fn begins_to_commit(&self) {
        self.set(Stage::Committing);
    }

    pub(super) fn has_answered<T, E>(&self, done: &Result<T, E>, is_refusal: impl FnOnce(&E) -> bool) {
        match done {
            Ok(_) => self.set(Stage::Committed),
            Err(error) if is_refusal(error) => self.set(Stage::Working),
            Err(_) => {}
        }
    }

    fn set(&self, stage: Stage) {
        lock(&self.noted).stage = stage;
    }

    /// Ends it, and returns what is to be invalidated now, and what listeners are to be told of.
    pub(super) fn end(&self, end: End) -> (BTreeMap<u64, Again>, Vec<Again>) {
        let (again, events, stage) = {
            let mut noted = lock(&self.noted);
            noted.has_ended = true;
            (std::mem::take(&mut noted.again), std::mem::take(&mut noted.events), noted.stage)
        };
        if !self.counts(end, stage) {
            return (again, Vec::new());
        }
        let events = match &self.outer {
            Some(outer) if self.kind != Kind::Transaction => outer.take_over(events),
            _ => events,
        };
        (again, events)
    }

    /// Returns whether what was changed has come true, or may have.
    fn counts(&self, end: End, stage: Stage) -> bool {
        match (stage, end) {
            // A commit that failed, or that nobody waited for, may have happened.
            (Stage::Committing | Stage::Committed, _) => true,
            (Stage::Working, _) if self.kind != Kind::Work => false,
            (Stage::Working, end) => end != End::RolledBack,
        }
    }

    /// Takes what work within this has left, and hands it back where this has ended before.
    fn take_over(&self, events: Vec<Again>) -> Vec<Again> {
        let mut noted = lock(&self.noted);
        if noted.has_ended {
            return events;
        }
        noted.events.extend(events);
        Vec::new()
    }
}

/// Notes that something is invalidated, for the end of the work that this is part of, if it is part of any.
pub(crate) fn note(what: impl FnOnce() -> (Box<[u8]>, Again)) {
    let Some(block) = current() else { return };
    // Outside of the lock: that is code of somebody else's.
    let (what, again) = what();
    let needless = lock(&block.noted).note(what, again);
    drop(needless);
}

/// Returns whether this was invalidated in the work that this is part of, or may be for what was changed in it.
pub(crate) fn concerns(what: impl FnOnce() -> Box<[u8]>) -> bool {
    current().is_some_and(|block| {
        let what = what();
        block.chain().any(|block| {
            let noted = lock(&block.noted);
            noted.reads_for_itself || noted.what.contains_key(&what)
        })
    })
}

/// Keeps what listeners are to be told of for the end of the work that this is part of; hands it back where there is
/// none.
pub(crate) fn defer(event: Again) -> Option<Again> {
    match current() {
        Some(block) => block.take_over(vec![event]).pop(),
        None => Some(event),
    }
}

/// Says that nobody knows what the work that this is part of has changed: what is read in it is for itself.
pub(crate) fn read_for_itself() {
    if let Some(block) = current() {
        lock(&block.noted).reads_for_itself = true;
    }
}

/// Does something that is no part of the work that its caller is part of.
pub(crate) fn outside<R>(what: impl FnOnce() -> R) -> R {
    let _outside = Inside::enter(None);
    what()
}

/// Returns the work that its caller is part of.
pub(super) fn current() -> Option<Arc<Block>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

impl Noted {
    /// Notes that something is invalidated, and hands back what need not be done for that any more.
    fn note(&mut self, what: Box<[u8]>, again: Again) -> Option<Again> {
        let place = self.notes;
        let needless = match self.what.entry(what) {
            Entry::Vacant(vacant) => {
                vacant.insert(Places { first: place, last: place });
                None
            }
            Entry::Occupied(places) if places.get().last + 1 == place => return Some(again),
            Entry::Occupied(mut places) => {
                let places = places.get_mut();
                let before = std::mem::replace(&mut places.last, place);
                if before == places.first { None } else { self.again.remove(&before) }
            }
        };
        self.again.insert(place, again);
        self.notes += 1;
        needless
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Noted").field(&self.again.len()).field(&self.events.len()).finish()
    }
}

/// Puts the block back that was current before, also when the work panics.
pub(super) struct Inside(Option<Arc<Block>>);

impl Inside {
    pub(super) fn enter(block: Option<Arc<Block>>) -> Self {
        Self(CURRENT.try_with(|current| current.replace(block)).ok().flatten())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}
