//! What an entry weighs in a full cache.
//!
//! To add a candidate: a function in `candidates.rs` that fills a cache and returns it with how many it holds.

mod candidates;

use crate::Effort;
use crate::allocator::{Bytes, alive_after};
use crate::report::{Table, grouped};
use candidates::Candidate;

/// Returns the names of larder's caches, and the room of each.
#[must_use]
pub fn caches(effort: Effort) -> Vec<(&'static str, u64)> {
    candidates::CACHES.map(|name| (name, records(effort) as u64)).to_vec()
}

fn records(effort: Effort) -> usize {
    effort.of(1_000_000, 100_000)
}

/// Measures, and prints the table.
pub fn print(effort: Effort) {
    let records = records(effort);
    println!("\n## What an entry weighs\n");
    println!("{} entries, in caches with room for as many: bytes alive after filling, by entry held.\n", {
        grouped(records as u64)
    });
    let mut table = Table::new(&[
        "bytes an entry",
        "held",
        "key and value",
        "asked for",
        "with malloc's rounding",
        "over key and value",
    ]);
    for candidate in candidates::ALL {
        table.row(line(&candidate, records));
    }
    table.print();
    println!(
        "\nKey and value: 8 bytes a `u64`; of text its bytes, and not the pointer to it; of larder's keys the text. \
        The rounding is that of glibc on 64 bits; what is over key and value is with it."
    );
}

fn line(candidate: &Candidate, records: usize) -> Vec<String> {
    let ((cache, held), Bytes { asked, taken }) = alive_after(|| (candidate.fill)(records));
    let held = held.unwrap_or_else(|| candidates::held_by_larder(&*cache, records));
    let own = (0..records as u64).map(|number| (candidate.key)(number) + size_of::<u64>()).sum::<usize>();
    let (own, asked, taken) = (own as f64 / records as f64, asked as f64 / held as f64, taken as f64 / held as f64);
    let mut cells = vec![candidate.name.to_owned(), grouped(held as u64)];
    cells.extend([own, asked, taken, taken - own].map(|bytes| format!("{bytes:.1}")));
    cells
}
