//! What is known of the names that are being loaded, by their hashes: a name is hashed once for all that happens to a load.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::state::Flight;

pub(super) type Names = HashMap<u64, Slot, BuildHasherDefault<Itself>>;

/// The hash of a hash, which is good enough as it is.
#[derive(Debug, Default)]
pub(super) struct Itself(u64);

/// What is known of a name while somebody loads it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: Box<[u8]>,
    /// Whether another name has the same hash, which is next to impossible: then what is changed of one is changed of both, and
    /// nobody joins a load.
    pub(super) is_mixed: bool,
    /// How often the name was invalidated or written since the first of its tokens was taken.
    pub(super) generation: u64,
    /// How often something that was read at the source was kept since.
    pub(super) kept: u64,
    /// How many tokens are out.
    pub(super) tokens: usize,
    /// The load that others may join.
    pub(super) flight: Option<Arc<Flight>>,
}

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are hashed");
    }
}

impl Slot {
    fn new(name: &[u8]) -> Self {
        Self { name: name.into(), is_mixed: false, generation: 0, kept: 0, tokens: 0, flight: None }
    }

    pub(super) fn is_for(&self, name: &[u8]) -> bool {
        *self.name == *name
    }

    pub(super) fn supersede(&mut self) {
        self.generation += 1;
        if let Some(flight) = self.flight.take() {
            flight.supersede();
        }
    }
}

/// Returns what is known of a name, as of now.
pub(super) fn slot_of<'a>(names: &'a mut Names, hash: u64, name: &[u8]) -> &'a mut Slot {
    let slot = names.entry(hash).or_insert_with(|| Slot::new(name));
    slot.is_mixed |= !slot.is_for(name);
    slot
}
