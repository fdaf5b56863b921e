//! Rounds of all candidates in turn, so that a machine that slows down slows all of them.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use super::{Candidate, Reader};
use crate::Effort;
use crate::entries;
use crate::random::{Random, Zipf};
use crate::report::median;

/// Which entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picks {
    Uniform,
    Zipf,
}

impl Picks {
    /// Returns the numbers of entries in the order in which one thread reads them.
    #[must_use]
    pub fn list(self, entries: usize, reads: usize, thread: usize) -> Vec<u32> {
        let mut random = Random::new(thread as u64 + 7);
        match self {
            Self::Uniform => (0..reads).map(|_| random.below(entries) as u32).collect(),
            Self::Zipf => {
                let zipf = Zipf::new(entries, 0.99);
                (0..reads).map(|_| zipf.key(&mut random)).collect()
            }
        }
    }
}

/// Who reads what.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub picks: Picks,
    pub threads: usize,
}

/// What was measured of one candidate.
pub struct Figure {
    pub name: &'static str,
    /// Nanoseconds until the next hit of any thread.
    pub nanos: f64,
    /// The same, as a ratio to the first candidate in the same round.
    pub ratio: f64,
}

/// Fills the candidates, and measures all of them under each load.
#[must_use]
pub fn measure(candidates: &[Candidate], entries: usize, loads: &[Load], effort: Effort) -> Vec<Vec<Figure>> {
    let readers: Vec<_> = candidates.iter().map(|candidate| candidate.fill(entries)).collect();
    loads.iter().map(|load| under(load, candidates, &readers, entries, effort)).collect()
}

fn under(
    load: &Load,
    candidates: &[Candidate],
    readers: &[Box<dyn Reader>],
    entries: usize,
    effort: Effort,
) -> Vec<Figure> {
    let (rounds, reads) = effort.of((15, 120_000), (3, 20_000));
    // Threads may begin on one processor, and are given another one only after some milliseconds.
    let reads = if load.threads > 1 { effort.of(4 * reads, reads) } else { reads };
    let picks: Vec<_> = (0..load.threads).map(|thread| load.picks.list(entries, reads, thread)).collect();
    let mut nanos = vec![Vec::with_capacity(rounds); readers.len()];
    for _ in 0..rounds {
        for (index, reader) in readers.iter().enumerate() {
            nanos[index].push(round(&**reader, &picks, entries, candidates[index].name));
        }
    }
    let ratio = |of: &[f64]| median(of.iter().zip(&nanos[0]).map(|(nanos, base)| nanos / base).collect());
    let figures = candidates.iter().zip(&nanos);
    figures.map(|(who, nanos)| Figure { name: who.name, nanos: median(nanos.clone()), ratio: ratio(nanos) }).collect()
}

/// Returns the nanoseconds a read: the time until the slowest thread is done, over the reads of all.
fn round(reader: &dyn Reader, picks: &[Vec<u32>], entries: usize, name: &str) -> f64 {
    let start = Barrier::new(picks.len());
    let (slowest, made) = thread::scope(|scope| {
        let threads: Vec<_> = picks.iter().map(|picks| scope.spawn(|| timed(reader, picks, entries, &start))).collect();
        let ends = threads.into_iter().map(|thread| thread.join().expect("a reader ends"));
        ends.fold((0.0, 0), |(nanos, made), end: (f64, usize)| (f64::max(nanos, end.0), made + end.1))
    });
    assert_eq!(made, 0, "{name}: a hit makes no value");
    slowest / picks.iter().map(Vec::len).sum::<usize>() as f64
}

/// Reads as often as there are entries, for the processor's caches were somebody else's just now; waits for the other
/// threads, and reads all: the nanoseconds, and how many values were made.
fn timed(reader: &dyn Reader, picks: &[u32], entries: usize, start: &Barrier) -> (f64, usize) {
    reader.read(&picks[..entries.min(picks.len())]);
    start.wait();
    let (made, began) = (entries::made(), Instant::now());
    reader.read(picks);
    (began.elapsed().as_nanos() as f64, entries::made() - made)
}
