//! A candidate, and how its entries are read.

use std::hint::black_box;
use std::marker::PhantomData;

use crate::block_on;
use crate::entries::Cell;

/// A cache that is full.
pub trait Reader: Sync {
    /// Reads the entries of these numbers, one after another.
    fn read(&self, picks: &[u32]);
}

/// Somebody who takes part.
pub struct Candidate {
    pub name: &'static str,
    fill: Box<dyn Fn() -> Box<dyn Reader>>,
}

impl Candidate {
    /// Makes a candidate; `fill` stores all entries of a cell, and returns what reads them.
    pub fn new<R: Reader + 'static>(name: &'static str, fill: impl Fn() -> R + 'static) -> Self {
        Self { name, fill: Box::new(move || Box::new(fill())) }
    }

    /// Stores all entries, and reads each of them once: a cached function stores them only then.
    #[must_use]
    pub fn fill(&self, entries: usize) -> Box<dyn Reader> {
        let reader = (self.fill)();
        reader.read(&(0..entries as u32).collect::<Vec<_>>());
        reader
    }

    #[must_use]
    pub fn is_ours(&self) -> bool {
        is_ours(self.name)
    }
}

/// Returns whether this is the name of one of larder's own.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    name.starts_with("larder")
}

/// Reads by calling a function.
pub struct Calls<K, V, F> {
    keys: Vec<K>,
    read: F,
    value: PhantomData<fn() -> V>,
}

/// Returns what reads the entries of a cell by this function.
pub fn calls<C: Cell, V, F: Fn(&C::Key) -> V + Sync>(read: F) -> Calls<C::Key, V, F> {
    Calls { keys: C::keys(), read, value: PhantomData }
}

impl<K: Sync, V, F: Fn(&K) -> V + Sync> Reader for Calls<K, V, F> {
    fn read(&self, picks: &[u32]) {
        for pick in picks {
            black_box((self.read)(black_box(&self.keys[*pick as usize])));
        }
    }
}

/// Reads by awaiting a function, many times in one `block_on`.
pub struct Awaits<K, V, F> {
    keys: Vec<K>,
    read: F,
    value: PhantomData<fn() -> V>,
}

/// Returns what reads the entries of a cell by this `async` function.
pub fn awaits<C: Cell, V, F: AsyncFn(&C::Key) -> V + Sync>(read: F) -> Awaits<C::Key, V, F> {
    Awaits { keys: C::keys(), read, value: PhantomData }
}

impl<K: Sync, V, F: AsyncFn(&K) -> V + Sync> Reader for Awaits<K, V, F> {
    fn read(&self, picks: &[u32]) {
        block_on(async {
            for pick in picks {
                black_box((self.read)(black_box(&self.keys[*pick as usize])).await);
            }
        });
    }
}
