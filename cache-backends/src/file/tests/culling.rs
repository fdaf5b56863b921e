//! Bounds, and what goes first.

use std::fs;
use std::time::SystemTime;

use cache_core::backend::Backend;
use cache_core::testing::block_on;

use super::super::chore::{Chore, Progress};
use super::super::culling::Culling;
use super::*;

impl Ground {
    /// Does what the store's thread does now and then, here and to the end.
    fn cull(&self) {
        let folder = self.store.folder();
        let mut culling = Culling::new(None);
        while culling.step(folder, &|_| false) != Progress::Done {}
    }

    /// Lets it be every drawer's turn.
    pub(super) fn cull_all(&self) {
        (0..256).for_each(|_| self.cull());
    }

    fn live(&self, names: &[cache_core::key::Name]) -> usize {
        names.iter().filter(|name| get(&self.store, name).is_some()).count()
    }
}

fn names(count: usize) -> Vec<cache_core::key::Name> {
    (0..count).map(|number| name(&format!("key{number}"))).collect()
}

#[test]
fn a_store_keeps_its_bounds_within_a_tenth_at_any_time() {
    for max in [1, 10, 300, 1_000] {
        let ground = Ground::with(|config| config.max_entries(max));
        let names = names(usize::try_from(max * 3).expect("small"));
        for (number, name) in names.iter().enumerate() {
            set(&ground.store, name, b"value", None);
            let sum = ground.store.folder().census.sum().entries;
            assert!(sum <= max + max / 10, "{sum} of {max} after {number} writes");
        }
        ground.cull();
        let live = ground.live(&names) as u64;
        assert!(live <= max && live * 10 >= max * 9, "{live} of {max}");
    }
}

#[test]
fn bytes_are_bounded_over_the_whole_and_a_large_value_has_room() {
    let ground = Ground::with(|config| config.max_bytes(1 << 20));
    let names = names(400);
    for name in &names {
        set(&ground.store, name, &[b'v'; 10_000], None);
        assert!(ground.store.folder().census.sum().bytes <= (1 << 20) * 11 / 10);
    }
    let live = ground.live(&names);
    assert!((90..=115).contains(&live), "{live} of 104");
    ground.clock.advance(MINUTE);
    set(&ground.store, &names[0], &vec![b'v'; 1 << 19], None);
    ground.cull();
    assert!(get(&ground.store, &names[0]).is_some(), "half of the store is one entry");
}

#[test]
fn what_is_over_goes_first_then_what_ends_first() {
    let ground = Ground::with(|config| config.max_entries(400).cull_frequency(8));
    let [over, soon, late, last] = [0, 100, 200, 300].map(|from| names(400)[from..from + 100].to_vec());
    let all = [(&over, Some(MINUTE)), (&soon, Some(MINUTE * 5)), (&late, Some(MINUTE * 60)), (&last, None)];
    for (names, time) in all {
        set_all(&ground.store, names, time);
    }
    ground.clock.advance(MINUTE * 2);
    set(&ground.store, &name("one more"), b"value", None);
    ground.cull();
    assert_eq!([&soon, &late, &last].map(|names| ground.live(names)), [100; 3], "only what was over went");
    let more: Vec<_> = (0..140).map(|number| name(&format!("more{number}"))).collect();
    set_all(&ground.store, &more, None);
    ground.cull();
    let [soon, late, last] = [&soon, &late, &last].map(|names| ground.live(names));
    assert!(soon < 80 && late >= 95 && last == 100, "{soon}, {late}, {last} of 100 each");
}

#[test]
fn of_what_has_no_end_the_least_recently_written_goes() {
    let ground = Ground::with(|config| config.max_entries(200));
    let names = names(300);
    for name in &names {
        set(&ground.store, name, b"value", None);
        ground.clock.advance(MINUTE);
    }
    let [old, new] = [&names[..80], &names[220..]].map(|names| ground.live(names));
    assert!(old == 0 && new == 80, "{old} of the oldest and {new} of the newest");
}

#[test]
fn to_overwrite_an_entry_evicts_nobody() {
    let ground = Ground::with(|config| config.max_entries(50));
    let names = names(50);
    for _ in 0..5 {
        set_all(&ground.store, &names, None);
    }
    ground.cull();
    assert_eq!(ground.live(&names), 50);
}

#[test]
fn what_has_expired_goes_without_being_asked_for() {
    let ground = Ground::new();
    set_all(&ground.store, &names(50), Some(MINUTE));
    block_on(ground.store.delete(&name("removed"))).expect("it is removed");
    set(&ground.store, &name("kept"), b"value", None);
    ground.clock.advance(MINUTE * 5);
    ground.cull_all();
    assert_eq!(entries(ground.folder.path()).len(), 52, "tickets may still ask for them");
    ground.clock.advance(MINUTE * 15);
    ground.cull_all();
    assert_eq!(entries(ground.folder.path()).len(), 52, "or for one from a clock that is ahead");
    ground.clock.advance(MINUTE * 2);
    ground.cull_all();
    assert_eq!(entries(ground.folder.path()), [ground.file(&name("kept"))]);
    assert_eq!(ground.store.folder().census.sum().entries, 1);
}

#[test]
fn drafts_of_those_who_died_go_and_younger_ones_stay() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    let [old, young] = ["00000000000000aa", "00000000000000bb"]
        .map(|digits| ground.drawer_of(&key).join(format!("{digits}.larder-new")));
    for (path, age) in [(&old, 11), (&young, 9)] {
        let file = fs::File::create(path).expect("a draft");
        file.set_modified(SystemTime::now() - MINUTE * age).expect("its time");
    }
    ground.cull_all();
    assert!(!old.exists() && young.exists() && get(&ground.store, &key).is_some());
}

#[test]
fn what_nobody_can_read_goes_after_a_day() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    fs::write(ground.file(&key), b"torn").expect("a file");
    let age = |hours: u32| {
        let file = fs::File::options().write(true).open(ground.file(&key)).expect("a file");
        file.set_modified(SystemTime::now() - MINUTE * 60 * hours).expect("its time");
        ground.cull_all();
        ground.file(&key).exists()
    };
    assert_eq!([age(23), age(25)], [true, false]);
}

#[test]
fn marks_of_removals_are_bounded_and_those_that_go_early_refuse_tickets() {
    let (ground, key) = (Ground::new(), name("key"));
    let ticket = block_on(ground.store.begin_fill(&key)).expect("a ticket");
    let same_drawer = |name: &cache_core::key::Name| ground.drawer_of(name) == ground.drawer_of(&key);
    let others = (0..).map(|number| name(&format!("removed{number}"))).filter(same_drawer);
    for other in others.take(100) {
        block_on(ground.store.delete(&other)).expect("it is removed");
    }
    ground.cull_all();
    assert_eq!(entries(ground.folder.path()).len(), 0);
    assert!(!block_on(ground.store.set_if(&key, b"old", None, &ticket)).expect("an answer"));
}

#[test]
fn what_another_process_writes_counts_too() {
    let ground = Ground::with(|config| config.max_entries(200));
    let (other, names) = (ground.again(), names(400));
    set_all(&other, &names[..300], None);
    set_all(&ground.store, &names[300..], None);
    ground.cull();
    let live = ground.live(&names);
    assert!((180..=200).contains(&live), "{live} of 200");
}

#[test]
fn counts_that_were_lost_are_found_again() {
    let (ground, names) = (Ground::with(|config| config.max_entries(100)), names(90));
    set_all(&ground.store, &names, None);
    for name in &names {
        drop(fs::remove_file(ground.book(name)));
    }
    let late = File::new(ground.store_config().max_entries(100)).expect("a store");
    set(&late, &name("one more"), b"value", None);
    let late = Ground { store: late, ..ground };
    late.cull_all();
    assert_eq!(late.store.folder().census.sum().entries, 91);
    assert_eq!(late.live(&names), 90);
}
