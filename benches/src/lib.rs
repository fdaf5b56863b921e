//! Larder beside its rivals, for the programs of this crate: what they measure, and how.

pub mod allocator;
pub mod entries;
pub mod hits;
#[cfg(feature = "rivals")]
pub mod memory;
pub mod random;
#[cfg(feature = "rivals")]
pub mod ratios;
pub mod report;
#[cfg(feature = "rivals")]
pub mod stampede;

use larder::Settings;

/// How long a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Full,
    /// Enough to see that everything runs; no figure of it is worth a quotation.
    Quick,
}

impl Effort {
    pub fn of<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// Makes larder's caches; to be called once, before anything else.
pub fn install(effort: Effort) {
    let caches = hits::larder::caches().into_iter().chain(beside_hits(effort));
    let builder = caches
        .fold(larder::builder(), |builder, (name, room)| builder.cache(name, Settings::memory().max_entries(room)));
    builder.install().expect("nothing was cached yet");
}

/// Returns the names of the caches for everything but hits, and the room of each.
#[cfg(feature = "rivals")]
fn beside_hits(effort: Effort) -> impl Iterator<Item = (&'static str, u64)> {
    ratios::caches(effort).into_iter().chain(memory::caches(effort)).chain([(stampede::CACHE, 100)])
}

#[cfg(not(feature = "rivals"))]
fn beside_hits(_: Effort) -> [(&'static str, u64); 0] {
    []
}

/// Returns the time in an hour, coarse.
#[must_use]
pub fn in_an_hour() -> coarsetime::Instant {
    coarsetime::Instant::recent() + coarsetime::Duration::from_secs(3_600)
}

/// Drives a future on a runtime that this thread keeps.
pub fn block_on<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}
