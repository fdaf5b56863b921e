//! Whether what is kept is still what its body returns: asked on a sample of hits.
//!
//! A key that forgets something, or a change that invalidates nothing, is no error that anybody sees: callers are served
//! what is not theirs, or not true any more. So now and then the body runs although there was a hit, and what it returns is
//! held against what is kept. The caller has the hit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;

use super::Asker;
use super::draw::{mixed, part_of_one};
use super::home::{Backing, Outside};
use super::parcel::Found;
use crate::clock::{Clock, Tick};
use crate::executor::Executor;
use crate::flight::Token;
use crate::key::{Key, Name};
use crate::lock::atomic::{AtomicU64, Ordering};
use crate::lock::{Mutex, lock};
use crate::record::Erased;
use crate::stats::Event;
use crate::value::Keep;

/// What is being verified in one store.
#[derive(Debug)]
pub(super) struct Verifying {
    /// Where chance stands.
    drawn: AtomicU64,
    /// The names whose bodies run for this.
    names: Mutex<HashSet<Box<[u8]>, RandomState>>,
    /// When the log was told last, by the place of the function.
    told: Mutex<HashMap<(&'static str, u32), Tick, RandomState>>,
}

/// How long the log is not told again of one function.
const SILENCE: Duration = Duration::from_secs(60);

/// What is kept under one name, until its body has said what it should be.
pub(crate) struct Verification {
    seat: Seat,
    key: Key,
    record: Erased,
    /// The same as its store outside has it.
    bytes: Option<Vec<u8>>,
    /// Taken before that was looked for: what changes later is no difference.
    token: Token,
}

/// Keeps others from verifying the same meanwhile.
struct Seat {
    asker: Asker,
    name: Name,
}

impl Seat {
    fn take(asker: Asker, name: Name) -> Option<Self> {
        let is_free = lock(&asker.home().verifying.names).insert(name.as_bytes().into());
        is_free.then(|| Self { asker, name })
    }

    /// Returns what a store outside has, whatever is near.
    async fn ask(&self, outside: &Outside, key: &Key) -> Option<Vec<u8>> {
        let found = self.asker.home().find(outside, &self.name, &self.asker.cache.fingerprints_of(key)).await;
        found.inspect_err(|error| self.asker.trouble(error)).ok()?
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.asker.home().verifying.names).remove(self.name.as_bytes());
    }
}

impl Verifying {
    pub(super) fn new(clock: &Clock) -> Self {
        Self { drawn: AtomicU64::new(mixed(clock.seed())), names: Mutex::default(), told: Mutex::default() }
    }

    /// Returns whether to verify one hit more, of which this part is.
    fn is_drawn(&self, part: f32) -> bool {
        part_of_one(mixed(self.drawn.fetch_add(1, Ordering::Relaxed))) < part
    }

    /// Returns whether the log is to be told of a function, which it is once a minute at most.
    fn is_to_be_told(&self, place: (&'static str, u32), now: Tick) -> bool {
        let mut told = lock(&self.told);
        let is_due = told.get(&place).is_none_or(|last| now.since(*last) >= SILENCE);
        if is_due {
            told.insert(place, now);
        }
        is_due
    }
}

impl Asker {
    /// Returns whether to verify this hit, of all of which this part is.
    pub(crate) fn is_drawn(&self, part: f32) -> bool {
        self.home().verifying.is_drawn(part)
    }
}

impl Verification {
    /// Looks for what is kept; `None` where that is nothing to be held against anything: it is not there any more or past
    /// its time, the transaction that this is part of has changed it, or it is being verified already.
    pub(crate) async fn begin<V>(asker: Asker, key: Key, keep: Keep<V>) -> Option<Self> {
        let name = asker.cache.name_of(&key);
        if asker.cache.is_changed_here(&name) {
            return None;
        }
        let seat = Seat::take(asker, name)?;
        let (asker, name) = (&seat.asker, &seat.name);
        let home = asker.home();
        let token = home.flights.token(name.as_bytes());
        let (record, bytes) = match &home.backing {
            Backing::Null => return None,
            Backing::Memory(store) => (store.peek(name)?, None),
            Backing::Outside(outside) => {
                let bytes = seat.ask(outside, &key).await?;
                let found = Found::new(&bytes);
                let record = found.unpack(name, keep, &home.clock).filter(|_| home.is_live(&found))?;
                (record, Some(bytes))
            }
        };
        let is_it = record.mark() == name.mark() && asker.cache.is_live(&record) && !record.is_withdrawn();
        is_it.then(|| Self { seat, key, record, bytes, token })
    }

    /// Returns the runtime, where there is one.
    pub(crate) fn executor(&self) -> &Arc<dyn Executor> {
        &self.seat.asker.home().executor
    }

    /// Returns what is kept.
    pub(crate) fn record(&self) -> &Erased {
        &self.record
    }

    /// Counts what came of it. What is not what it should be is told to the log, and removed, unless somebody has changed it
    /// or loaded it anew since: then the body has seen something newer, and nobody knows more.
    pub(crate) async fn settle(self, is_same: bool) {
        if !is_same && !self.take_back().await {
            return;
        }
        self.seat.asker.count(Event::Verified);
        if !is_same {
            self.seat.asker.count(Event::Differed);
            self.tell();
        }
    }

    /// Removes what was kept, and returns whether it was there still, whoever may have changed it: this process, or
    /// another one.
    async fn take_back(&self) -> bool {
        let (asker, name) = (&self.seat.asker, &self.seat.name);
        if self.record.is_withdrawn() {
            return false;
        }
        match &asker.home().backing {
            Backing::Null => false,
            Backing::Memory(store) => self.token.change_same(|| store.remove(name)).is_some(),
            Backing::Outside(outside) => {
                if self.seat.ask(outside, &self.key).await != self.bytes || self.token.change_same(|| ()).is_none() {
                    return false;
                }
                asker.cache.delete(&self.key).await.map_or_else(|error| asker.trouble(&error), drop);
                true
            }
        }
    }

    /// Tells the log: no key and no value, which are nobody's business there.
    fn tell(&self) {
        let Some(place) = self.seat.asker.site.map(|site| site.place) else { return };
        let home = self.seat.asker.home();
        if !home.verifying.is_to_be_told((place.file, place.line), home.clock.now()) {
            return;
        }
        log::warn!(
            target: "larder",
            "`{}` at {}:{}, keys `{}`: on a hit, its body returned something else than what is kept. Its key forgets something \
             that the result depends on, or something changes that without invalidating it. The entry is removed; the figure \
             `differed` says how many were",
            place.name, place.file, place.line, place.pattern,
        );
    }
}
