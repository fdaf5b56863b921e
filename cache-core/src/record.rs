//! What is stored: a value with its times and the mark of its pattern.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Tick;
use crate::codec::{Written, show};
use crate::column::NewColumn;
use crate::tags::Bonds;

/// A record of any type, as the in-process store holds it.
pub type Erased = Arc<Record<dyn Any + Send + Sync>>;

/// The times of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// When it was made.
    pub created: Tick,
    /// Until when it is served without a question.
    pub fresh_until: Tick,
    /// Until when it is kept at all.
    pub kept_until: Tick,
}

/// What is known of values of one type besides how they are copied.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Where a store may keep a value instead of its record, if its copies are harmless.
    pub(crate) column: Option<NewColumn>,
    /// How a value is written out, where it can leave the process.
    pub(crate) write: Option<fn(&(dyn Any + Send + Sync)) -> Option<Written>>,
}

/// What is stored under one name.
///
/// ```
/// use cache_core::clock::Tick;
/// use cache_core::record::{Record, Times};
///
/// let [start, end] = [0, 10].map(Tick::from_nanos);
/// let record = Record::new(7, Times { created: start, fresh_until: end, kept_until: end }, "value");
/// assert_eq!((record.mark(), record.times().created), (7, start));
/// assert_eq!((record.times().kept_until, record.value), (end, "value"));
/// ```
#[derive(Debug)]
pub struct Record<V: ?Sized> {
    mark: u64,
    /// What is known of values of its type.
    kind: Option<&'static Kind>,
    /// Whether the value is an error that a function returned.
    is_failure: bool,
    /// Whether a copy of the value takes so long that it is made outside of all locks.
    is_long: bool,
    /// How long before its end it is loaded anew by chance, in milliseconds.
    lead: u32,
    /// What its tags are.
    bonds: Option<Box<Bonds>>,
    created: Tick,
    fresh_until: AtomicU64,
    kept_until: AtomicU64,
    quiet_until: AtomicU64,
    /// The value.
    pub value: V,
}

impl<V> Record<V> {
    /// Makes a record of a value under the mark of its pattern.
    pub fn new(mark: u64, times: Times, value: V) -> Self {
        Self {
            mark,
            kind: None,
            is_failure: false,
            is_long: false,
            lead: 0,
            bonds: None,
            created: times.created,
            fresh_until: AtomicU64::new(times.fresh_until.as_nanos()),
            kept_until: AtomicU64::new(times.kept_until.as_nanos()),
            quiet_until: AtomicU64::new(0),
            value,
        }
    }
}

impl<V> Record<V> {
    /// Says what is known of values of its type.
    pub(crate) fn of(mut self, kind: Option<&'static Kind>) -> Self {
        self.kind = kind;
        self
    }

    /// Says whether a copy of the value takes long.
    pub(crate) fn long(mut self, is_long: bool) -> Self {
        self.is_long = is_long;
        self
    }
}

impl<V: ?Sized> Record<V> {
    /// Says that its value is an error that a function returned, which may be of the type of its values.
    pub(crate) fn set_failure(&mut self) {
        self.is_failure = true;
    }

    #[inline]
    pub(crate) fn is_failure(&self) -> bool {
        self.is_failure
    }

    #[inline]
    pub(crate) fn is_long(&self) -> bool {
        self.is_long
    }

    /// Says how long before its end it is loaded anew by chance.
    pub(crate) fn set_lead(&mut self, lead: Duration) {
        self.lead = u32::try_from(lead.as_millis()).unwrap_or(u32::MAX);
    }

    pub(crate) fn lead(&self) -> Duration {
        Duration::from_millis(self.lead.into())
    }

    /// Gives it these tags.
    pub(crate) fn bind(&mut self, bonds: Bonds) {
        self.bonds = Some(Box::new(bonds));
    }

    pub(crate) fn bonds(&self) -> Option<&Bonds> {
        self.bonds.as_deref()
    }

    /// Returns whether one of its tags was invalidated: then it is as if it were not there.
    #[inline]
    pub(crate) fn is_withdrawn(&self) -> bool {
        self.bonds.as_ref().is_some_and(|bonds| bonds.are_cut())
    }

    /// Returns the column that its value may be kept in: not where it has tags or is to be served past its time, since
    /// that takes what only a record knows; nor where it is long, since it would be copied under a lock.
    pub(crate) fn column(&self) -> Option<NewColumn> {
        let times = self.times();
        let is_plain =
            times.fresh_until == times.kept_until && !self.is_failure && !self.is_long && self.bonds.is_none();
        self.kind?.column.filter(|_| is_plain)
    }

    pub(crate) fn kind(&self) -> Option<&'static Kind> {
        self.kind
    }

    /// Returns the mark of the pattern that it was written under.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// Returns its times.
    #[must_use]
    pub fn times(&self) -> Times {
        Times {
            created: self.created,
            fresh_until: Tick::from_nanos(self.fresh_until.load(Ordering::Relaxed)),
            kept_until: Tick::from_nanos(self.kept_until.load(Ordering::Relaxed)),
        }
    }

    /// Gives it other ends, in place. A store that holds it has to know: see [`Store::restamp`](crate::store::Store).
    pub(crate) fn restamp(&self, fresh_until: Tick, kept_until: Tick) {
        self.fresh_until.store(fresh_until.as_nanos(), Ordering::Relaxed);
        self.kept_until.store(kept_until.as_nanos(), Ordering::Relaxed);
    }

    /// Asks that nobody tries to load it anew before `until`: the last try has just failed.
    pub fn hush(&self, until: Tick) {
        self.quiet_until.store(until.as_nanos(), Ordering::Relaxed);
    }

    /// Returns whether the last try to load it anew failed a moment ago.
    #[must_use]
    pub fn is_quiet(&self, now: Tick) -> bool {
        now.as_nanos() < self.quiet_until.load(Ordering::Relaxed)
    }
}

impl Record<dyn Any + Send + Sync> {
    /// Returns how many bytes its value has when it is written out, and what it reads like, at most so many bytes of
    /// that; `None` where it cannot be written out.
    pub(crate) fn shown(&self, most: usize) -> Option<(usize, Option<String>)> {
        let (codec, bytes) = (self.kind?.write?)(&self.value)?;
        Some((bytes.len(), show(codec, &bytes, most)))
    }
}
