//! Where the caches of one registry live.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::backend::layer::Means;
use crate::cache::{Backing, Home};
use crate::clock::Clock;
use crate::error::Error;
use crate::executor::Executor;
use crate::lock::{Mutex, lock};
use crate::store::{Limits, Store};
use crate::tags::Tags;

/// Makes the homes of the caches of one registry, and remembers those that have a name.
pub(crate) struct Homes {
    pub(super) clock: Clock,
    pub(super) tags: Arc<Tags>,
    pub(super) executor: Arc<dyn Executor>,
    rooms: Mutex<BTreeMap<Arc<str>, Room>>,
}

/// A part of the memory that has a name.
struct Room {
    home: Arc<Home>,
    limits: Limits,
    /// Which cache came first.
    first: Box<str>,
}

impl Homes {
    pub(super) fn new(clock: Clock, executor: Arc<dyn Executor>) -> Self {
        Self { clock, tags: Arc::default(), executor, rooms: Mutex::default() }
    }

    /// Returns what the layers around the store of a cache may use.
    pub(super) fn means(&self, cache: &str) -> Means {
        Means::new(self.clock.clone(), Arc::clone(&self.executor)).of_cache(cache)
    }

    /// Makes a home around a backing.
    pub(super) fn around(&self, backing: Backing) -> Arc<Home> {
        Home::new(backing, self.clock.clone(), Arc::clone(&self.executor), Arc::clone(&self.tags))
    }

    /// Makes a home in memory that one cache has for itself.
    pub(super) fn in_memory(&self, limits: Limits) -> Arc<Home> {
        self.around(Backing::Memory(Store::new(limits, self.clock.clone())))
    }

    /// Returns the home of this name, for the cache called `name`.
    pub(super) fn in_room(&self, name: &str, room: Arc<str>, limits: Limits) -> Result<Arc<Home>, Error> {
        match lock(&self.rooms).entry(room) {
            Entry::Vacant(place) => {
                let home = self.in_memory(limits);
                Ok(Arc::clone(&place.insert(Room { home, limits, first: name.into() }).home))
            }
            Entry::Occupied(place) if place.get().limits == limits => Ok(Arc::clone(&place.get().home)),
            Entry::Occupied(place) => {
                let (room, first) = (place.key(), &place.get().first);
                let sentence = format!(
                    "the caches `{first}` and `{name}` share the memory named `{room}`, and say different bounds for it"
                );
                Err(Error::configuration(sentence))
            }
        }
    }
}
