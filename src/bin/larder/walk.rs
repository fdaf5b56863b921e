//! Walking over the keys of a cache, each met once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use larder::{Cache, Error, Key};

use crate::interrupt;

/// A walk over keys. A store may tell a key twice; here it is met once.
pub struct Walk {
    keys: larder::Keys,
    /// What was met, as numbers: there may be millions.
    met: HashSet<u64>,
    hash: RandomState,
}

/// How many keys there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub number: u64,
    /// Whether these are all, or it took too long to count on.
    pub is_all: bool,
}

impl Walk {
    pub fn new(cache: &Cache, beginning: &str) -> Self {
        Self { keys: cache.keys(beginning), met: HashSet::new(), hash: RandomState::new() }
    }

    /// Returns more keys, `None` behind the last; and nothing at all where somebody wants an end.
    pub fn next(&mut self) -> Option<Result<Option<Vec<Key>>, Error>> {
        let more = interrupt::wait(self.keys.next(), || ())?;
        Some(more.map(|keys| self.once(keys)))
    }

    fn counted(&self, is_all: bool) -> Counted {
        Counted { number: self.met.len() as u64, is_all }
    }

    fn once(&mut self, keys: Option<Vec<Key>>) -> Option<Vec<Key>> {
        let mut keys = keys?;
        keys.retain(|key| self.met.insert(self.hash.hash_one(key.as_str())));
        Some(keys)
    }
}

/// Counts keys for so long, as long as anybody wants to know, or until somebody wants an end.
pub fn count(
    cache: &Cache,
    beginning: &str,
    patience: Duration,
    is_wanted: impl Fn() -> bool,
) -> Result<Counted, Error> {
    let (mut walk, begun) = (Walk::new(cache, beginning), Instant::now());
    while let Some(keys) = walk.next() {
        if keys?.is_none() {
            return Ok(walk.counted(true));
        }
        if begun.elapsed() > patience || !is_wanted() {
            break;
        }
    }
    Ok(walk.counted(false))
}

/// Counts what is left when an end is wanted: nobody waits for longer than this, whatever the store does. `None` where it did
/// not answer, or goes on with what it was at.
pub fn count_left(cache: &Cache, beginning: &str, patience: Duration) -> Option<Counted> {
    let until = Instant::now() + patience;
    let mut before = None;
    loop {
        let left = count_once(cache, beginning, until)?;
        if before == Some(left) || !left.is_all {
            return Some(left);
        }
        before = Some(left);
        // A step that was under way when the end was wanted comes to its own end meanwhile.
        thread::sleep(Duration::from_millis(50));
    }
}

fn count_once(cache: &Cache, beginning: &str, until: Instant) -> Option<Counted> {
    let mut walk = Walk::new(cache, beginning);
    loop {
        match interrupt::wait_until(walk.keys.next(), until) {
            Some(Ok(Some(keys))) => drop(walk.once(Some(keys))),
            Some(Ok(None)) => return Some(walk.counted(true)),
            None if !walk.met.is_empty() => return Some(walk.counted(false)),
            Some(Err(_)) | None => return None,
        }
    }
}
