//! Where the caches of one registry live.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::backend::layer::Means;
use crate::cache::{Backing, Behind, Bounds, Home, Near, Nearby, Outside, Party, listen};
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
    party: Arc<Party>,
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
        Self { clock, tags: Arc::default(), executor, rooms: Mutex::default(), party: Arc::default() }
    }

    /// Returns what the layers around the store of a cache may use.
    pub(super) fn means(&self, cache: &str) -> Means {
        Means::new(self.clock.clone(), Arc::clone(&self.executor)).of_cache(cache)
    }

    /// Makes a home around a backing.
    pub(super) fn around(&self, backing: Backing) -> Arc<Home> {
        self.with_nearby(backing, Nearby { party: Arc::clone(&self.party), ..Nearby::default() })
    }

    fn with_nearby(&self, backing: Backing, nearby: Nearby) -> Arc<Home> {
        Home::new(backing, self.clock.clone(), Arc::clone(&self.executor), Arc::clone(&self.tags), nearby)
    }

    /// Makes a home outside, with a near level before it whose names all begin like this.
    pub(super) fn with_near(&self, outside: Outside, bounds: Bounds, start: String) -> Result<Arc<Home>, Error> {
        let behind = Behind {
            markers: Arc::clone(&outside.markers),
            tags: Arc::clone(&self.tags),
            clock: self.clock.clone(),
            start,
            tells: outside.capabilities().tells,
        };
        let near = Arc::new(Near::new(bounds, behind));
        let listening = listen(&near, &*outside)?;
        self.party.join(&near);
        let nearby = Nearby { near: Some(near), party: Arc::clone(&self.party), listening };
        Ok(self.with_nearby(Backing::Outside(outside), nearby))
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
