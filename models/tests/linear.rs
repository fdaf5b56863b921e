//! What several are told by the store at once, one could have been told, in whatever order they come to its locks: with the
//! checker and the histories of `cache-core/tests/store/linear`.

#[path = "../../cache-core/tests/store/linear/checker.rs"]
mod checker;
mod orders;
#[path = "../../cache-core/tests/store/linear/run.rs"]
mod run;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orders::in_many_orders;
use run::{Run, Size};
use shuttle::thread;

fn hold(size: Size) {
    // Each order is one of something else.
    let seeds = AtomicU64::new(0);
    in_many_orders(move || {
        let (run, seed) = (Run::new(size), seeds.fetch_add(1, Ordering::Relaxed));
        let threads: Vec<_> = (0..3)
            .map(|number| {
                let run = Arc::clone(&run);
                thread::spawn(move || run.steps(number, seed, size.steps))
            })
            .collect();
        let noted: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        run.judge(&noted).unwrap_or_else(|wrong| panic!("of seed {seed}: {wrong}"));
    });
}

#[test]
fn while_there_is_room_all_are_told_what_one_could_have_been_told() {
    hold(Size { names: 2, max_entries: 100, steps: 8 });
}

#[test]
fn of_a_store_that_is_full_all_are_told_what_one_could_have_been_told() {
    hold(Size { names: 4, max_entries: 2, steps: 8 });
}
