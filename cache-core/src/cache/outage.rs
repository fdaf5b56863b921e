//! What the log is told of a store that is away: once that it is, and once that it is back. Each call would say the same.

use std::fmt;
use std::time::Duration;

use super::parcel;
use crate::backend::layer::is_being_removed;
use crate::clock::{Clock, Tick};
use crate::error::{Error, Kind};
use crate::lock::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::lock::{Mutex, lock};

/// Whether a store is away, as far as its callers have noticed.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// As a rule it is not, and then whoever reads needs no lock.
    is_on: AtomicBool,
    /// When a call failed last, in nanoseconds: where one of several servers is away, who is answered by the others looks at
    /// this alone.
    last: AtomicU64,
    spell: Mutex<Option<Spell>>,
}

/// A time in which calls fail.
#[derive(Debug)]
struct Spell {
    cache: Box<str>,
    began: Tick,
    failed: u64,
    /// What was told: of what passes, and of what somebody has to change.
    told: [bool; 2],
}

/// What there is to say when it is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over {
    cache: Box<str>,
    failed: u64,
    time: Duration,
}

/// For how long no call may have failed before it is over: where one of several servers is away, others answer meanwhile.
const CALM: Duration = Duration::from_secs(5);

/// For how long no call may have failed before the next one that does begins another outage: nobody may have called meanwhile.
const LONG: Duration = Duration::from_secs(60);

impl Outage {
    /// Returns whether it is away, as far as somebody has noticed.
    pub(super) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Acquire)
    }

    /// Notes that a call has failed. Returns whether the log is to be told of it.
    pub(super) fn note(&self, cache: &str, error: &Error, now: Tick) -> bool {
        let kind = match error.kind() {
            _ if is_being_removed(error) => return false,
            _ if parcel::is_of_the_value(error) => return true,
            Kind::Configuration => 1,
            _ if error.is_transient() => 0,
            // It says nothing of the store.
            _ => return true,
        };
        let mut spell = lock(&self.spell);
        if now.since(self.last()) > LONG {
            *spell = None;
        }
        let spell = spell.get_or_insert_with(|| Spell { cache: cache.into(), began: now, failed: 0, told: [false; 2] });
        spell.failed += 1;
        self.last.store(now.as_nanos(), Ordering::Relaxed);
        self.is_on.store(true, Ordering::Release);
        !std::mem::replace(&mut spell.told[kind], true)
    }

    /// Notes that the store has answered, and tells the log where that was not so before.
    #[inline]
    pub(super) fn answered(&self, clock: &Clock) {
        if self.is_on.load(Ordering::Acquire) {
            self.end_at(clock.now());
        }
    }

    #[cold]
    fn end_at(&self, now: Tick) {
        if let Some(over) = self.end(now) {
            log::info!(target: "larder", "{over}");
        }
    }

    fn end(&self, now: Tick) -> Option<Over> {
        let is_calm = || now.since(self.last()) >= CALM;
        if !is_calm() {
            return None;
        }
        let mut spell = lock(&self.spell);
        let Spell { cache, began, failed, .. } = spell.take_if(|_| is_calm())?;
        self.is_on.store(false, Ordering::Release);
        Some(Over { cache, failed, time: self.last().since(began) })
    }

    fn last(&self) -> Tick {
        Tick::from_nanos(self.last.load(Ordering::Relaxed))
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cache, failed, time } = self;
        let calls = if *failed == 1 { "call has" } else { "calls have" };
        write!(f, "cache `{cache}`: its store answers again: {failed} {calls} failed")?;
        match time.as_secs() {
            0 => Ok(()),
            seconds => write!(f, " in {seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::layer::being_removed;

    #[test]
    fn what_is_removed_at_this_moment_is_no_outage() {
        let outage = Outage::default();
        assert!(!outage.note("pages", &being_removed(), Tick::from_nanos(1)) && !outage.is_on());
    }

    #[test]
    fn what_says_nothing_of_the_store_is_told_each_time() {
        let (outage, now) = (Outage::default(), Tick::from_nanos(0));
        for kind in [Kind::Encode, Kind::TooLarge, Kind::Unsupported] {
            assert!((0..3).all(|_| outage.note("pages", &Error::new(kind, "x"), now)));
        }
        assert_eq!(outage.end(now.after(CALM)), None);
    }

    #[test]
    fn a_time_below_a_second_is_left_away() {
        let (outage, now) = (Outage::default(), Tick::from_nanos(0));
        outage.note("pages", &Error::new(Kind::Store, "x"), now);
        let over = outage.end(now.after(CALM)).expect("it is over");
        assert_eq!(over.to_string(), "cache `pages`: its store answers again: 1 call has failed");
    }

    #[test]
    fn who_is_answered_while_others_fail_waits_for_no_lock() {
        let (outage, now) = (Outage::default(), Tick::from_nanos(0));
        outage.note("pages", &Error::new(Kind::Store, "x"), now);
        let _held = lock(&outage.spell);
        assert_eq!(outage.end(now.after(CALM / 2)), None);
    }

    #[test]
    fn it_is_over_when_nothing_has_failed_for_a_while() {
        let (outage, now) = (Outage::default(), Tick::from_nanos(0));
        assert!(outage.note("pages", &Error::new(Kind::Store, "x"), now));
        let later = now.after(CALM);
        assert!(!outage.note("pages", &Error::new(Kind::Timeout, "x"), later));
        assert_eq!(outage.end(later.after(CALM / 2)), None);
        let over = outage.end(later.after(CALM)).expect("it is over");
        assert_eq!(over.to_string(), "cache `pages`: its store answers again: 2 calls have failed in 5 s");
        assert_eq!(outage.end(later.after(CALM * 2)), None, "that is said once");
        assert!(outage.note("pages", &Error::new(Kind::Store, "x"), later.after(CALM)));
    }
}
