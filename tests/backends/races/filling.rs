//! Fills that come late, and what invalidates them.

use std::thread;

use larder::backend::ErasedBackend;
use larder::key::Name;
use larder::testing::block_on;
use larder::{Cache, Error, Options};

use super::source::{NAMES, Source};
use super::worker::name;
use super::{PROCESSES, THREADS};

/// How many names belong to a thread: it alone changes what they stand for, and invalidates them.
const OWN: usize = NAMES / (PROCESSES * THREADS);

/// Fills on a backend: how many, how many were kept, and how often something too old was read.
pub struct Filling<'a> {
    pub backend: &'a dyn ErasedBackend,
    pub source: &'a Source,
    /// Whether a fill asks first, as it should.
    pub asks: bool,
}

/// The same through caches.
pub struct Loading<'a> {
    pub cache: Cache,
    pub source: &'a Source,
}

/// Numbers that look like chance, another row of them for each thread.
struct Draw(u64);

impl Draw {
    fn new(seed: usize) -> Self {
        Self((seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % end as u64).unwrap_or(0)
    }

    /// Goes slowly now and then, so that others are sometimes faster.
    fn dally(&mut self) {
        let steps = [0, 0, 1, 4, 16][self.below(5)];
        (0..steps).for_each(|_| thread::yield_now());
    }
}

/// Returns the names, each in the scope of whom it belongs to.
fn names() -> Vec<Name> {
    (0..NAMES).map(|at| name(at / OWN, &format!("key{at}"))).collect()
}

impl Filling<'_> {
    pub fn run(&self, thread: usize, fills: usize) -> [u64; 3] {
        let (names, mut draw) = (names(), Draw::new(thread));
        let (mut kept, mut old) = (0, 0);
        for _ in 0..fills {
            if draw.below(3) == 0 {
                block_on(self.invalidate(&names, thread, &mut draw)).expect("a store that works");
            }
            // Mostly the names of neighbours, so that many fill what one invalidates.
            let at = draw.below(NAMES);
            kept += u64::from(block_on(self.fill(&names[at], at, &mut draw)).expect("a store that works"));
            old += u64::from(block_on(self.reads_too_old(&names[at], at)).expect("a store that works"));
        }
        [fills as u64, kept, old]
    }

    async fn fill(&self, name: &Name, at: usize, draw: &mut Draw) -> Result<bool, Error> {
        let ticket = self.backend.begin_fill(name).await?;
        let value = self.source.read(at).to_string();
        draw.dally();
        if self.asks {
            return self.backend.set_if(name, value.as_bytes(), None, &ticket).await;
        }
        self.backend.set(name, value.as_bytes(), None).await.map(|()| true)
    }

    async fn invalidate(&self, names: &[Name], thread: usize, draw: &mut Draw) -> Result<(), Error> {
        let own = thread * OWN..(thread + 1) * OWN;
        if draw.below(8) > 0 || !self.backend.capabilities().clear_scope {
            let at = own.start + draw.below(OWN);
            self.source.raise(at);
            self.backend.delete(&names[at]).await?;
            self.source.invalidated(at, self.source.read(at));
            return Ok(());
        }
        own.clone().for_each(|at| self.source.raise(at));
        let first = names[own.start].as_str();
        self.backend.clear_scope(&first[..first.rfind(':').map_or(0, |end| end + 1)]).await?;
        own.for_each(|at| self.source.invalidated(at, self.source.read(at)));
        Ok(())
    }

    /// Reads a name, and returns whether what is there is older than an invalidation that had ended before.
    async fn reads_too_old(&self, name: &Name, at: usize) -> Result<bool, Error> {
        let oldest = self.source.oldest(at);
        let found = self.backend.get(name).await?;
        let found = found.map(|found| String::from_utf8_lossy(&found).parse::<u64>().expect("a number of the source"));
        Ok(found.is_some_and(|found| found < oldest))
    }
}

impl Loading<'_> {
    pub fn run(&self, thread: usize, loads: usize) -> [u64; 3] {
        let (cache, mut draw) = (self.cache.blocking(), Draw::new(thread));
        let (mut found, mut old) = (0, 0);
        for _ in 0..loads {
            if draw.below(3) == 0 {
                let at = thread * OWN + draw.below(OWN);
                self.source.raise(at);
                cache.delete(format!("key{at}").as_str()).expect("a store that works");
                self.source.invalidated(at, self.source.read(at));
            }
            let at = draw.below(NAMES);
            let key = format!("key{at}");
            cache.get_or_load(key.as_str(), Options::forever(), || {
                let value = self.source.read(at);
                draw.dally();
                value
            });
            let oldest = self.source.oldest(at);
            let value = cache.get::<u64>(key.as_str()).expect("a store that works");
            found += u64::from(value.is_some());
            old += u64::from(value.is_some_and(|value| value < oldest));
        }
        [loads as u64, found, old]
    }
}
