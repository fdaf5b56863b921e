//! Loads that would wait for themselves, directly or round a circle of keys.
//!
//! Only a body that calls a cached function while it is being loaded can close a circle, so a caller who stands in no
//! body pays nothing here. Work that a body spawns elsewhere is not seen: it has no chain.

use std::collections::HashMap;

use super::current;
use crate::lock::{OfProcess, lock_of_process};

/// Which flight cannot end before which others, for all callers who wait inside a body.
static WAITS: OfProcess<Option<HashMap<u64, Vec<u64>>>> = OfProcess::new(None);

/// The mark that a waiting caller leaves in the table; it goes with the caller.
#[derive(Debug)]
pub struct Waits {
    chain: Vec<u64>,
    target: u64,
}

impl Waits {
    /// Waits without standing in a body.
    pub(super) fn none() -> Self {
        Self { chain: Vec::new(), target: 0 }
    }
}

/// Notes that the caller waits for the flight of this number, or returns `None` if that flight waits for the caller.
///
/// ```
/// use cache_core::flight::{Inside, Link, next_id, wait_for};
///
/// let flight = next_id();
/// assert!(wait_for(flight).is_some());
/// let _inside = Inside::enter(Link::new(flight));
/// assert!(wait_for(flight).is_none());
/// ```
#[must_use]
pub fn wait_for(target: u64) -> Option<Waits> {
    let chain = current().map(|link| link.chain()).unwrap_or_default();
    if chain.is_empty() {
        return Some(Waits::none());
    }
    let mut waits = lock_of_process(&WAITS);
    let waits = waits.get_or_insert_default();
    if reaches(waits, target, &chain) {
        return None;
    }
    for id in &chain {
        waits.entry(*id).or_default().push(target);
    }
    Some(Waits { chain, target })
}

fn reaches(waits: &HashMap<u64, Vec<u64>>, from: u64, goals: &[u64]) -> bool {
    let mut open = vec![from];
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        if goals.contains(&id) {
            return true;
        }
        if !seen.contains(&id) {
            seen.push(id);
            open.extend(waits.get(&id).into_iter().flatten());
        }
    }
    false
}

impl Drop for Waits {
    fn drop(&mut self) {
        if self.chain.is_empty() {
            return;
        }
        let mut waits = lock_of_process(&WAITS);
        let waits = waits.get_or_insert_default();
        for id in &self.chain {
            let Some(targets) = waits.get_mut(id) else { continue };
            if let Some(index) = targets.iter().position(|target| *target == self.target) {
                targets.swap_remove(index);
            }
            if targets.is_empty() {
                waits.remove(id);
            }
        }
    }
}
