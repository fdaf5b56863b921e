//! What was read before a change is not kept after it, whoever made the change.

use std::sync::Barrier;
use std::thread;

use cache_core::backend::{Backend, Ticket};
use cache_core::key::Scope;

use super::super::Sqlite;
use super::{Ground, block_on, has, name, put, run, seconds};

fn fills(store: &Sqlite, key: &str, ticket: &Ticket) -> bool {
    run(store.set_if(&name(key), b"filled", None, ticket))
}

#[test]
fn a_change_by_another_process_is_seen() {
    let ground = Ground::new();
    let (one, other) = (ground.store(), ground.store());
    let ticket = run(one.begin_fill(&name("key")));
    run(other.delete(&name("key")));
    assert!(!fills(&one, "key", &ticket));
    let ticket = run(one.begin_fill(&name("key")));
    run(other.clear_scope("shop:1:"));
    assert!(!fills(&one, "key", &ticket));
    let ticket = run(one.begin_fill(&name("key")));
    assert!(fills(&other, "key", &ticket), "a ticket is good wherever the file is");
}

#[test]
fn clearing_something_else_does_not_refuse_a_fill() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "there", None);
    let tickets = ["there", "new"].map(|key| (key, run(store.begin_fill(&name(key)))));
    run(store.clear_scope("shop:2:"));
    run(store.clear_scope("blog:1:"));
    assert!(tickets.iter().all(|(key, ticket)| fills(&store, key, ticket)));
}

#[test]
fn clearing_everything_refuses_all_that_is_under_way() {
    let ground = Ground::new();
    let store = ground.store();
    let ticket = run(store.begin_fill(&name("key")));
    run(store.clear_store());
    assert!(!fills(&store, "key", &ticket));
}

#[test]
fn a_ticket_is_good_for_ten_minutes() {
    let ground = Ground::new();
    let store = ground.store();
    let ticket = run(store.begin_fill(&name("key")));
    ground.clock.advance(seconds(599).unwrap());
    assert!(fills(&store, "key", &ticket));
    let ticket = run(store.begin_fill(&name("key")));
    ground.clock.advance(seconds(600).unwrap());
    assert!(!fills(&store, "key", &ticket));
}

#[test]
fn what_is_lost_refuses_and_what_tells_about_clearing_is_put_back() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    let ticket = run(store.begin_fill(&name("key")));
    ground.stranger().execute_batch("delete from larder_cache").unwrap();
    assert!(!fills(&store, "key", &ticket), "the version is gone");
    let ticket = run(store.begin_fill(&name("key")));
    ground.stranger().execute_batch("delete from larder_cache_cleared").unwrap();
    assert!(!fills(&store, "key", &ticket), "the marks are gone");
    let ticket = run(store.begin_fill(&name("key")));
    assert!(fills(&store, "key", &ticket), "they were put back, and are others");
}

#[test]
fn a_clock_that_was_set_back_revives_nothing() {
    let (ground, ahead) = (Ground::new(), Ground::new());
    ahead.clock.advance(seconds(3_600).unwrap());
    let store = ground.store();
    let early = Sqlite::new(ground.config().clock(ahead.clock.clone())).unwrap();
    put(&early, "key", None);
    let ticket = run(store.begin_fill(&name("key")));
    assert!(run(early.delete(&name("key"))), "removed by a clock an hour ahead");
    assert!(!has(&store, "key") && !run(store.touch(&name("key"), None)));
    assert!(!run(store.delete(&name("key"))) && run(store.ttl(&name("key"))).is_none());
    assert!(!fills(&store, "key", &ticket));
    assert!(run(store.add(&name("key"), b"new", None)));
    run(early.clear_scope("shop:1:"));
    assert!(!has(&store, "key"), "what is cleared is cleared, whenever it was written");
    let ticket = run(early.begin_fill(&name("key")));
    run(store.clear_scope("shop:1:"));
    assert!(!fills(&early, "key", &ticket), "the mark is from before the ticket, by the clocks");
}

#[test]
fn a_ticket_from_a_clock_that_is_ahead_does_not_outlive_what_it_is_to_be_refused_for() {
    let (ground, ahead) = (Ground::new(), Ground::new());
    ahead.clock.advance(seconds(540).unwrap());
    let (store, early) = (ground.store(), Sqlite::new(ground.config().clock(ahead.clock.clone())).unwrap());
    let removed = run(early.begin_fill(&name("removed")));
    let cleared = run(early.begin_fill(&name("cleared")));
    run(store.delete(&name("removed")));
    run(store.clear_scope("shop:1:"));
    run(store.delete(&name("removed")));
    for _ in 0..12 {
        ground.clock.advance(seconds(100).unwrap());
        run(store.0.make_room());
        assert!(!fills(&store, "removed", &removed) && !fills(&store, "cleared", &cleared));
    }
}

#[test]
fn of_a_clearing_and_fills_at_once_the_clearing_wins() {
    let ground = Ground::new();
    let stores = [ground.store(), ground.store()];
    for round in 0..40 {
        let keys: Vec<_> = (0..6).map(|at| format!("{round}:{at}")).collect();
        let tickets: Vec<_> = keys.iter().map(|key| run(stores[0].begin_fill(&name(key)))).collect();
        let start = Barrier::new(keys.len() + 1);
        thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                run(stores[1].clear_scope("shop:1:"));
            });
            for (at, (key, ticket)) in keys.iter().zip(&tickets).enumerate() {
                let (stores, start) = (&stores, &start);
                scope.spawn(move || {
                    start.wait();
                    fills(&stores[at % 2], key, ticket);
                });
            }
        });
        assert!(keys.iter().all(|key| !has(&stores[0], key)), "in round {round}");
    }
}

#[test]
fn a_scope_of_any_printable_characters_is_taken_as_it_is() {
    let ground = Ground::new();
    let store = ground.store();
    let printable: String = (b'!'..=b'~').filter(|byte| *byte != b'%').map(char::from).collect();
    let scopes: Vec<_> = printable.as_bytes().chunks(12).map(|text| str::from_utf8(text).unwrap()).collect();
    let scope = |text: &str| Scope::new(text, "1", None).unwrap();
    let names: Vec<_> = scopes.iter().map(|text| scope(text).name(&"key".into())).collect();
    for name in &names {
        run(store.set(name, b"value", None));
    }
    for (at, text) in scopes.iter().enumerate() {
        let ticket = run(store.begin_fill(&names[at]));
        run(store.clear_scope(scope(text).text().unwrap()));
        assert!(!run(store.set_if(&names[at], b"late", None, &ticket)), "in `{text}`");
        let there: Vec<_> = names.iter().map(|name| run(store.get(name)).is_some()).collect();
        assert_eq!(there.iter().filter(|there| !**there).count(), at + 1, "`{text}` took others with it");
    }
    run(store.clear_scope("no such thing"));
    assert!(block_on(store.clear_scope("ä%")).is_ok());
}

#[test]
fn clearing_takes_as_many_steps_as_there_are_entries_for() {
    let ground = Ground::new();
    let store = ground.store();
    let entry = |scope: &Scope, at: usize| cache_core::backend::Entry {
        name: scope.name(&format!("{at:05}").as_str().into()),
        value: b"value".to_vec(),
        time: None,
    };
    let [own, other] = ["1", "2"].map(|version| Scope::new("shop", version, None).unwrap());
    let entries: Vec<_> = (0..1_234).map(|at| entry(&own, at)).chain([entry(&other, 0)]).collect();
    assert!(block_on(store.set_many(&entries)).iter().all(Result::is_ok));
    run(store.clear_scope("shop:1:"));
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    let left = run(store.get_many(&names));
    assert!(left[..1_234].iter().all(Option::is_none) && left[1_234].is_some());
}
