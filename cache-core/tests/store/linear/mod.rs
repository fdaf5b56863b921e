//! What several threads are told at once, one thread could have been told: name by name, and with no more entries
//! evicted than are counted.

mod checker;
mod histories;
mod run;

use std::sync::{Arc, Barrier};
use std::thread;

use run::{Run, Size};

const THREADS: usize = 3;

/// Runs this often with real threads.
fn rounds(rounds: u64, size: Size) {
    for seed in 0..rounds {
        let (run, start) = (Run::new(size), Arc::new(Barrier::new(THREADS)));
        let threads: Vec<_> = (0..THREADS as u64)
            .map(|number| {
                let (run, start) = (Arc::clone(&run), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    run.steps(number, seed, size.steps)
                })
            })
            .collect();
        let noted: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("it panics nowhere")).collect();
        run.judge(&noted).unwrap_or_else(|wrong| panic!("in round {seed}: {wrong}"));
    }
}

#[test]
fn what_threads_are_told_while_there_is_room_one_could_have_been_told() {
    rounds(400, Size { names: 3, max_entries: 100, steps: 36 });
}

#[test]
fn what_threads_are_told_of_a_store_that_is_full_one_could_have_been_told() {
    rounds(400, Size { names: 4, max_entries: 2, steps: 36 });
}
