//! Rounds of all candidates in turn, so that a machine that slows down slows all of them.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use crate::candidates::{self, Candidate, Value, Workload};

pub const ROUNDS: usize = 15;
const READS: usize = 150_000;

/// Measures all candidates with values of one type and prints a line for each; the first one is what the others are
/// compared with.
pub fn table<V: Value>(workload: &Workload) {
    let Workload { entries, threads } = workload;
    println!("\n{entries} entries of `{}`, uniform reads, {threads} thread(s)", V::NAME);
    let candidates = candidates::all::<V>(workload);
    let mut rounds = vec![Vec::with_capacity(ROUNDS); candidates.len()];
    for _ in 0..ROUNDS {
        for (index, (_, candidate)) in candidates.iter().enumerate() {
            rounds[index].push(round(candidate.as_ref(), workload));
        }
    }
    let medians: Vec<f64> = rounds.into_iter().map(median).collect();
    for ((name, _), nanos) in candidates.iter().zip(&medians) {
        println!("  {name:<58} {nanos:>7.1}  ({:.2})", nanos / medians[0]);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns the nanoseconds a read, as each thread sees them.
fn round<V>(candidate: &dyn Candidate<V>, workload: &Workload) -> f64 {
    let start = Barrier::new(workload.threads);
    let nanos: f64 = thread::scope(|scope| {
        let readers: Vec<_> = (0..workload.threads)
            .map(|thread| {
                let start = &start;
                scope.spawn(move || {
                    let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(thread as u64 + 1);
                    start.wait();
                    let began = Instant::now();
                    for _ in 0..READS {
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        black_box(candidate.read((random >> 33) as usize % workload.entries));
                    }
                    began.elapsed().as_nanos() as f64 / READS as f64
                })
            })
            .collect();
        readers.into_iter().map(|reader| reader.join().expect("a reader ends")).sum()
    });
    nanos / workload.threads as f64
}
