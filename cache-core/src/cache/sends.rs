//! Values on their way into a store outside, and whether they are still worth keeping when they get there.
//!
//! "Nobody has invalidated it" and "it is written" cannot be one step here. So a change of an entry makes what is under
//! way to it doubtful: whoever sent it takes it out again, and nobody of this process reads it until then.
//!
//! Nobody waits for anybody: an invalidation may come from a `drop` on the very thread whose task is sending.

use std::collections::HashMap;

use ahash::RandomState;

use crate::lock::atomic::{AtomicUsize, Ordering};
use crate::lock::{Mutex, MutexGuard, lock};

#[derive(Debug, Default)]
pub(super) struct Sends {
    ways: Mutex<HashMap<Box<[u8]>, Way, RandomState>>,
    /// How many there are: as a rule none, and then whoever reads needs no lock.
    count: AtomicUsize,
}

/// What is under way to one name.
#[derive(Debug, Default)]
struct Way {
    sending: usize,
    doubtful: bool,
}

/// A value under way.
#[derive(Debug)]
pub(super) struct Sending<'a> {
    sends: &'a Sends,
    name: Box<[u8]>,
    arrived: bool,
}

impl Sends {
    fn ways(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, Way, RandomState>> {
        lock(&self.ways)
    }

    /// Notes that a value is on its way, before anybody asks whether it is still valid.
    pub(super) fn begin(&self, name: &[u8]) -> Sending<'_> {
        let mut ways = self.ways();
        ways.entry(name.into()).or_default().sending += 1;
        self.count.store(ways.len(), Ordering::Release);
        Sending { sends: self, name: name.into(), arrived: false }
    }

    /// Doubts what is under way to this name.
    pub(super) fn doubt(&self, name: &[u8]) {
        if let Some(way) = self.ways().get_mut(name) {
            way.doubtful = true;
        }
    }

    /// Doubts what is under way to names that `concerns`.
    pub(super) fn doubt_all(&self, concerns: impl Fn(&[u8]) -> bool) {
        self.ways().iter_mut().filter(|(name, _)| concerns(name)).for_each(|(_, way)| way.doubtful = true);
    }

    /// Returns whether what is found under this name may be what somebody has invalidated since.
    pub(super) fn doubts(&self, name: &[u8]) -> bool {
        self.count.load(Ordering::Acquire) > 0 && self.ways().get(name).is_some_and(|way| way.doubtful)
    }
}

impl Sending<'_> {
    /// Returns whether the value must be taken out again.
    pub(super) fn is_doubtful(&self) -> bool {
        self.sends.doubts(&self.name)
    }

    /// Notes that the value is there, or out again.
    pub(super) fn arrive(mut self) {
        self.arrived = true;
    }
}

impl Drop for Sending<'_> {
    /// Left half-way, a value may still arrive. Doubt then stays, until another one has gone all the way.
    fn drop(&mut self) {
        let mut ways = self.sends.ways();
        let Some(way) = ways.get_mut(&self.name) else { return };
        way.sending -= 1;
        if way.sending == 0 && (self.arrived || !way.doubtful) {
            ways.remove(&self.name);
            self.sends.count.store(ways.len(), Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_casts_doubt_on_what_is_under_way_and_on_nothing_else() {
        let sends = Sends::default();
        let (ours, theirs) = (sends.begin(b"ours"), sends.begin(b"theirs"));
        sends.doubt(b"ours");
        sends.doubt(b"nobody's");
        assert!(ours.is_doubtful() && !theirs.is_doubtful() && !sends.doubts(b"nobody's"));
        ours.arrive();
        theirs.arrive();
        assert!(sends.ways().is_empty());
    }

    #[test]
    fn doubt_stays_where_a_sender_left_until_another_has_arrived() {
        let sends = Sends::default();
        let left = sends.begin(b"name");
        sends.doubt(b"name");
        drop(left);
        assert!(sends.doubts(b"name"));
        sends.begin(b"name").arrive();
        assert!(!sends.doubts(b"name"));
        drop(sends.begin(b"name"));
        assert!(sends.ways().is_empty());
    }
}
