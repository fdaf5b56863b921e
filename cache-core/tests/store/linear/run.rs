//! What several do to a store at once, written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, Tick};
use cache_core::key::{Name, Scope};
use cache_core::record::{Record, Times};
use cache_core::store::{Limits, Store};

use super::checker::{Done, Event, evictions_of};

/// What one does: to one name, or to all.
type Noted = (Option<usize>, Event);

/// A store, and a clock that only says what came first.
pub struct Run {
    store: Store,
    clock: Clock,
    moments: AtomicU64,
    names: Vec<Name>,
}

/// How large it all is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub names: usize,
    pub max_entries: u64,
    pub steps: usize,
}

impl Run {
    pub fn new(size: Size) -> Arc<Self> {
        let (clock, limits) = (Clock::manual(), Limits { max_entries: size.max_entries, max_bytes: None });
        let scope = Scope::new("", "1", None).expect("a short version");
        let names = (0..size.names).map(|index| scope.name(&format!("name:{index}").as_str().into())).collect();
        Arc::new(Self { store: Store::new(limits, clock.clone()), clock, moments: AtomicU64::new(0), names })
    }

    /// Does so many things that are drawn from a seed. One thread alone moves the clock.
    pub fn steps(&self, thread: u64, seed: u64, steps: usize) -> Vec<Noted> {
        let mut dice = ((seed << 8) + thread).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut draw = |below: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            (dice >> 20) % below
        };
        let mut noted = Vec::with_capacity(steps);
        for step in 0..steps as u64 {
            let drawn = draw(self.names.len() as u64);
            let index = usize::try_from(drawn).expect("there are few names");
            let (name, value, until) = (&self.names[index], (thread << 32) + step + 1, draw(6) + 1);
            let (of, event) = match draw(20) {
                0..7 => (Some(index), self.note(|| self.insert(name, value, until))),
                7..14 => (Some(index), self.note(|| Done::Got(self.store.get(name).map(|record| number(&record))))),
                14 => (Some(index), self.note(|| Done::Got(self.store.peek(name).map(|record| number(&record))))),
                15..18 => (Some(index), self.note(|| Done::Removed(self.store.remove(name).is_some()))),
                18 => (Some(index), self.note(|| self.restamp(name, until))),
                _ if thread == 0 => (None, self.note(|| self.advance())),
                _ => (None, self.note(|| self.clear())),
            };
            noted.push((of, event));
        }
        noted
    }

    fn note(&self, run: impl FnOnce() -> Done) -> Event {
        let called = self.moments.fetch_add(1, Ordering::SeqCst);
        let done = run();
        Event { called, returned: self.moments.fetch_add(1, Ordering::SeqCst), done }
    }

    fn insert(&self, name: &Name, value: u64, until: u64) -> Done {
        let (created, end) = (Tick::from_nanos(0), second(until));
        let times = Times { created, fresh_until: end, kept_until: end };
        drop(self.store.insert(name, Arc::new(Record::new(1, times, value)), 1));
        Done::Inserted { value, until }
    }

    fn restamp(&self, name: &Name, until: u64) -> Done {
        let end = second(until);
        Done::Restamped { until, found: self.store.restamp(name, end, end) }
    }

    fn advance(&self) -> Done {
        self.clock.advance(Duration::from_secs(1));
        Done::Advanced { now: self.seconds() }
    }

    fn clear(&self) -> Done {
        drop(self.store.clear());
        Done::Cleared
    }

    fn seconds(&self) -> u64 {
        self.clock.now().since(start()).as_secs()
    }

    /// Says what is wrong, if anything is.
    pub fn judge(&self, threads: &[Vec<Noted>]) -> Result<(), String> {
        let (mut left, all) = (self.store.evictions(), threads.iter().flatten());
        for index in 0..self.names.len() {
            let history: Vec<_> =
                all.clone().filter(|(of, _)| of.is_none_or(|of| of == index)).map(|(_, event)| *event).collect();
            match evictions_of(&history, left) {
                Some(evictions) => left -= evictions,
                None => return Err(format!("no order explains, with {left} evictions: {history:#?}")),
            }
        }
        Ok(())
    }
}

fn second(number: u64) -> Tick {
    start().after(Duration::from_secs(number))
}

/// What a clock shows that is moved by hand, before it is moved.
fn start() -> Tick {
    Clock::manual().now()
}

fn number(record: &cache_core::record::Erased) -> u64 {
    *record.value.downcast_ref().expect("a number")
}
