//! Making room.

use cache_core::backend::Backend;

use super::super::Sqlite;
use super::{Ground, block_on, has, name, number, put, run, seconds};

const ROWS: &str = "select count(*) from larder_cache";
const LIVE: &str = "select count(*) from larder_cache where value is not null";

fn make_room(store: &Sqlite) {
    run(store.0.make_room());
}

/// Makes room as a store does that is to hold so many: one of its own, since those who write make room when they like.
fn bound(ground: &Ground, most: u64, frequency: u32) {
    make_room(&Sqlite::new(ground.config().max_entries(most).cull_frequency(frequency)).unwrap());
}

#[test]
fn what_has_expired_leaves_without_being_asked_for_but_not_before_its_tickets() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "short", seconds(1));
    put(&store, "long", seconds(3_600));
    put(&store, "removed", None);
    run(store.delete(&name("removed")));
    ground.clock.advance(seconds(300).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), ROWS), 3, "somebody may still have a ticket");
    assert_eq!(number(&ground.stranger(), LIVE), 1, "but their values are gone");
    ground.clock.advance(seconds(899).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), ROWS), 3, "or one by a clock that is ahead");
    ground.clock.advance(seconds(2).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), ROWS), 1);
    assert!(has(&store, "long"));
    ground.clock.advance(seconds(2_400).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), ROWS), 0, "it was written long ago: it goes with its end");
}

#[test]
fn no_live_entry_goes_while_what_has_expired_takes_the_room() {
    let ground = Ground::new();
    let store = ground.store();
    (0..50).for_each(|at| put(&store, &format!("dead{at}"), seconds(1)));
    ground.clock.advance(seconds(2).unwrap());
    (0..10).for_each(|at| put(&store, &format!("a{at}"), None));
    bound(&ground, 10, 20);
    assert!((0..10).all(|at| has(&store, &format!("a{at}"))), "ten are not too many");
}

#[test]
fn what_is_nearest_to_its_end_goes_first_and_then_what_was_written_least_recently() {
    let ground = Ground::new();
    let store = ground.store();
    // By the alphabet, "a" would be the first to go; by the order of writing too.
    for (key, time) in [("a", seconds(900)), ("z", seconds(60)), ("b", None), ("m", seconds(300)), ("c", None)] {
        put(&store, key, time);
        ground.clock.advance(seconds(1).unwrap());
    }
    bound(&ground, 4, 100);
    assert_eq!(["a", "z", "b", "m", "c"].map(|key| has(&store, key)), [true, false, true, true, true]);
    bound(&ground, 1, 100);
    assert_eq!(
        ["a", "b", "m", "c"].map(|key| has(&store, key)),
        [false, false, false, true],
        "`c` is younger than `b`"
    );
}

#[test]
fn one_entry_in_so_many_goes_at_once_and_no_third() {
    let left = |frequency: u32| {
        let ground = Ground::new();
        let full = ground.store();
        (0..101).for_each(|at| put(&full, &format!("a{at}"), seconds(60 + at)));
        bound(&ground, 100, frequency);
        number(&ground.stranger(), LIVE)
    };
    assert_eq!([20, 3, 1].map(left), [95, 67, 0]);
}

#[test]
fn overwriting_what_is_there_makes_nothing_else_go() {
    let ground = Ground::new();
    let store = Sqlite::new(ground.config().max_entries(10)).unwrap();
    (0..10).for_each(|at| put(&store, &format!("a{at}"), None));
    (0..200).for_each(|_| put(&store, "a3", None));
    bound(&ground, 10, 20);
    assert_eq!(number(&ground.stranger(), LIVE), 10);
}

#[test]
fn the_bound_holds_while_nobody_but_writers_looks_after_it() {
    let ground = Ground::new();
    let store = Sqlite::new(ground.config().max_entries(200)).unwrap();
    (0..3_000).for_each(|at| put(&store, &format!("a{at}"), seconds(3_600 + at)));
    run(store.create_table()); // what goes on beside has had its turn
    let live = number(&ground.stranger(), LIVE);
    assert!((150..=300).contains(&live), "{live} of about 200");
}

#[test]
fn what_had_to_make_room_refuses_what_was_read_before_it_came() {
    let ground = Ground::new();
    let store = ground.store();
    let ticket = run(store.begin_fill(&name("a")));
    put(&store, "a", seconds(60));
    put(&store, "b", seconds(90));
    bound(&ground, 1, 1);
    assert!(!has(&store, "a") && !has(&store, "b"), "one in one goes");
    assert!(!block_on(store.set_if(&name("a"), b"old", None, &ticket)).unwrap());
    ground.clock.advance(seconds(1_300).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), ROWS), 0);
    assert!(!block_on(store.set_if(&name("a"), b"old", None, &ticket)).unwrap(), "the ticket is as old as that");
}

#[test]
fn old_marks_of_clearing_go_and_the_first_row_stays() {
    let ground = Ground::new();
    let store = ground.store();
    run(store.clear_scope("shop:1:"));
    run(store.clear_scope("shop:2:"));
    let marks = "select count(*) from larder_cache_cleared";
    make_room(&store);
    assert_eq!(number(&ground.stranger(), marks), 3);
    ground.clock.advance(seconds(1_199).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), marks), 3);
    ground.clock.advance(seconds(2).unwrap());
    make_room(&store);
    assert_eq!(number(&ground.stranger(), marks), 1);
}
