//! What a hit costs, beside rivals: interleaved rounds, medians, and ratios to a plain map within the run.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml`
//!
//! To add a candidate: implement [`Candidate`] in `candidates.rs` and name it in [`candidates::all`].

mod candidates;
mod measure;

use std::sync::Arc;

use candidates::Workload;

fn main() {
    println!(
        "nanoseconds a hit, median of {} interleaved rounds; in brackets the ratio to the plain map",
        measure::ROUNDS
    );
    for entries in [1_024, 100_000] {
        for threads in [1, 2] {
            let workload = Workload { entries, threads };
            measure::table::<u64>(&workload);
            measure::table::<Arc<str>>(&workload);
        }
    }
}
