//! Values that come late.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, thread};

use cache_core::backend::Backend;
use cache_core::testing::block_on;

use super::*;

/// Draws numbers, other ones in each run.
struct Draw(RandomState, u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.1 += 1;
        self.0.hash_one(self.1) % end
    }
}

#[test]
fn in_a_race_of_fills_and_changes_nothing_old_is_kept() {
    const KEYS: usize = 3;
    for round in 0..30 {
        let ground = Ground::with(|config| if round % 2 == 0 { config } else { config.max_entries(2) });
        let stores = [ground.again(), File::new(ground.store_config().max_entries(2)).expect("a store")];
        let names: Vec<_> = (0..KEYS).map(|key| name(&key.to_string())).collect();
        let sources: Vec<_> = (0..KEYS).map(|_| AtomicU64::new(0)).collect();
        thread::scope(|scope| {
            for store in stores.iter().chain(&stores) {
                scope.spawn(|| race(store, &names, &sources));
            }
        });
        for (name, source) in names.iter().zip(&sources) {
            let truth = source.load(Ordering::SeqCst).to_string();
            let kept = get(&ground.store, name);
            assert!(kept.as_deref().is_none_or(|kept| kept == truth.as_bytes()), "{kept:?} in place of {truth}");
        }
    }
}

fn race(store: &File, names: &[cache_core::key::Name], sources: &[AtomicU64]) {
    let mut draw = Draw(RandomState::new(), 0);
    for _ in 0..40 {
        let at = usize::try_from(draw.below(names.len() as u64)).expect("small");
        let (name, source) = (&names[at], &sources[at]);
        if draw.below(3) > 0 {
            let ticket = block_on(store.begin_fill(name)).expect("a ticket");
            let read = source.load(Ordering::SeqCst).to_string();
            (0..draw.below(20)).for_each(|_| thread::yield_now());
            block_on(store.set_if(name, read.as_bytes(), None, &ticket)).expect("an answer");
        } else {
            source.fetch_add(1, Ordering::SeqCst);
            match draw.below(8) {
                0 => block_on(store.clear_scope("shop:1:")).expect("it is cleared"),
                1 => drop(block_on(store.delete_many(std::slice::from_ref(name))).expect("they are removed")),
                _ => drop(block_on(store.delete(name)).expect("it is removed")),
            }
        }
    }
}

fn refused_after(change: impl Fn(&Ground, &cache_core::key::Name)) -> bool {
    let (ground, key) = (Ground::new(), name("key"));
    let ticket = block_on(ground.store.begin_fill(&key)).expect("a ticket");
    change(&ground, &key);
    !block_on(ground.store.set_if(&key, b"old", None, &ticket)).expect("an answer")
}

#[test]
fn a_tombstone_that_is_lost_with_its_folder_refuses_tickets() {
    assert!(!refused_after(|_, _| ()), "nothing happened");
    for lost in [Ground::drawer_of, |ground: &Ground, _: &_| ground.folder.path().to_owned()] {
        assert!(refused_after(|ground, key| {
            block_on(ground.store.delete(key)).expect("it is removed");
            fs::remove_dir_all(lost(ground, key)).expect("it was there");
        }));
    }
}

#[test]
fn a_mark_or_a_book_that_is_torn_refuses_tickets() {
    for torn in [Ground::file, Ground::book] {
        assert!(refused_after(|ground, key| {
            block_on(ground.store.delete(key)).expect("it is removed");
            fs::write(torn(ground, key), b"").expect("it is torn");
            if torn(ground, key) == ground.book(key) {
                fs::remove_file(ground.file(key)).expect("the tombstone is lost too");
            }
        }));
    }
}

#[test]
fn a_ticket_taken_where_a_torn_file_is_fills_its_place_once() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    fs::write(ground.file(&key), b"torn").expect("it is torn");
    let tickets = [0, 1].map(|_| block_on(ground.store.begin_fill(&key)).expect("a ticket"));
    let filled = tickets.map(|ticket| block_on(ground.store.set_if(&key, b"new", None, &ticket)).expect("an answer"));
    assert_eq!(filled, [true, false]);
}

#[test]
fn a_ticket_is_not_honoured_for_longer_than_marks_are_kept() {
    assert!(!refused_after(|ground, _| ground.clock.advance(MINUTE * 9)));
    assert!(refused_after(|ground, _| ground.clock.advance(MINUTE * 10)));
}

#[test]
fn a_ticket_from_a_clock_that_is_ahead_does_not_outlive_what_it_is_to_be_refused_for() {
    let (ground, key, ahead) = (Ground::new(), name("key"), Clock::manual());
    ahead.advance(MINUTE * 9);
    let early = File::new(ground.store_config().clock(ahead)).expect("a store");
    let ticket = block_on(early.begin_fill(&key)).expect("a ticket");
    block_on(ground.store.delete(&key)).expect("it is removed");
    for _ in 0..20 {
        ground.clock.advance(MINUTE);
        ground.cull_all();
        assert!(!block_on(ground.store.set_if(&key, b"old", None, &ticket)).expect("an answer"));
    }
}

#[test]
fn a_fill_is_not_disturbed_where_another_cache_in_the_folder_is_cleared() {
    assert!(!refused_after(|ground, _| block_on(ground.store.clear_scope("shop:2:")).expect("it is cleared")));
    assert!(refused_after(|ground, _| block_on(ground.store.clear_scope("shop:1:")).expect("it is cleared")));
    assert!(refused_after(|ground, _| block_on(ground.again().clear_store()).expect("it is cleared")));
}

#[test]
fn a_write_that_was_evicted_or_has_expired_refuses_tickets() {
    assert!(refused_after(|ground, key| {
        let small = File::new(ground.store_config().max_entries(1)).expect("a store");
        set(&small, key, b"written", Some(MINUTE));
        (0..3).for_each(|other| set(&small, &name(&format!("other{other}")), b"value", Some(MINUTE * 9)));
        assert_eq!(get(&small, key), None, "it was the first to go");
    }));
    assert!(refused_after(|ground, key| {
        set(&ground.store, key, b"written", Some(MINUTE));
        ground.clock.advance(MINUTE * 5);
        assert_eq!(get(&ground.store, key), None);
    }));
}

#[test]
fn to_make_room_changes_nothing_for_a_ticket_of_what_went() {
    let ground = Ground::with(|config| config.max_entries(1));
    let (key, other) = (name("key"), name("other"));
    set(&ground.store, &key, b"old", Some(MINUTE));
    let ticket = block_on(ground.store.begin_fill(&key)).expect("a ticket");
    set(&ground.store, &other, b"value", Some(MINUTE * 2));
    assert_eq!(get(&ground.store, &key), None, "it was the first to go");
    assert!(block_on(ground.store.set_if(&key, b"new", None, &ticket)).expect("an answer"));
}
