//! What stays: how many requests of a trace are hits in a cache that has room for a part of its keys.
//!
//! To add a candidate: a function in `candidates.rs` from the room to what says of each request whether it was a hit.

mod candidates;
mod limits;
mod traces;

use std::time::Instant;

use crate::Effort;
use crate::report::{Table, grouped};
use traces::Trace;

/// Returns the names of larder's caches, one for each trace, and the room of each.
#[must_use]
pub fn caches(effort: Effort) -> Vec<(&'static str, u64)> {
    traces::NAMES.map(|name| (name, room(effort) as u64)).to_vec()
}

fn room(effort: Effort) -> usize {
    effort.of(100_000, 10_000)
}

/// Measures, and prints the table.
pub fn print(effort: Effort) {
    let (room, began) = (room(effort), Instant::now());
    let traces = traces::all(room);
    println!("\n## What stays\n");
    println!("Hit ratios with room for {} entries, after a warm-up of a third of each trace:\n", grouped(room as u64));
    traces.iter().for_each(|trace| println!("* {}: {}", trace.name, trace.what));
    println!();
    let mut heads = vec!["hit ratio"];
    heads.extend(traces.iter().map(|trace| trace.name));
    let mut table = Table::new(&heads);
    for (name, run) in candidates::ALL {
        table.row(line(name, &traces, |trace| candidates::ratio(trace, room, run)));
    }
    table.row(line("best static set, with hindsight", &traces, |trace| limits::static_set(trace, room)));
    table.row(line("optimum, with foresight (Belady)", &traces, |trace| limits::optimum(trace, room)));
    table.print();
    println!("\n({} s)", began.elapsed().as_secs());
}

fn line(name: &str, traces: &[Trace], ratio: impl Fn(&Trace) -> f64) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(traces.iter().map(|trace| format!("{:.3}", ratio(trace))));
    cells
}
