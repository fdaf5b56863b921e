//! What several are told by the store at once, one could have been told, in whatever order they come to its locks: with
//! the checker and the histories of `cache-core/tests/store/linear`.

#[path = "../../cache-core/tests/store/linear/checker.rs"]
mod checker;
mod orders;
#[path = "../../cache-core/tests/store/linear/run.rs"]
mod run;

use std::sync::Arc;

use orders::in_many_orders;
use run::{Run, Size};
use shuttle::rand::{RngCore, thread_rng};
use shuttle::thread;

fn hold(size: Size) {
    in_many_orders(move || {
        // Each order is one of something else, which is drawn as a part of it: what prints the one prints the other.
        let (run, seed) = (Run::new(size), thread_rng().next_u64());
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
