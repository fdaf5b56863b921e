//! Several at once: threads, and stores on one file as processes have them.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::thread;

use cache_core::backend::{Backend, Remaining};
use cache_core::error::Kind;

use super::super::Sqlite;
use super::{Ground, block_on, failed, has, name, put, run, seconds};
use crate::database::client::Client;

/// Runs the same on threads that begin together, each with one of two stores on one file.
fn together<T: Send>(stores: &[Sqlite; 2], work: impl Fn(&Sqlite, usize) -> T + Sync) -> Vec<T> {
    let (start, work) = (Barrier::new(8), &work);
    thread::scope(|scope| {
        let begin = |at: usize| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                work(&stores[at % 2], at)
            })
        };
        let threads: Vec<_> = (0..8).map(begin).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_all_who_add_one_wins() {
    let ground = Ground::new();
    let stores = [ground.store(), ground.store()];
    for round in 0..40 {
        let name = name(&format!("lock{round}"));
        let won = together(&stores, |store, at| run(store.add(&name, at.to_string().as_bytes(), None)));
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "in round {round}");
        let winner = won.iter().position(|won| *won).unwrap();
        assert_eq!(run(stores[0].get(&name)), Some(winner.to_string().into_bytes()));
    }
}

#[test]
fn whoever_is_first_makes_the_file_and_the_others_find_it() {
    for _ in 0..10 {
        let ground = Ground::new();
        let stores: Vec<_> = (0..8).map(|_| ground.store()).collect();
        let start = Barrier::new(stores.len());
        thread::scope(|scope| {
            for (at, store) in stores.iter().enumerate() {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    put(store, &at.to_string(), None);
                });
            }
        });
        assert!((0..8).all(|at| has(&stores[0], &at.to_string())), "one file, and all of it");
        assert_eq!(ground.folder.path().read_dir().unwrap().count(), 3, "and nothing is left of the making");
    }
}

#[test]
fn no_count_is_lost_and_the_time_that_is_left_stays() {
    let ground = Ground::new();
    let stores = [ground.store(), ground.store()];
    run(stores[0].set(&name("count"), b"0", seconds(100)));
    ground.clock.advance(seconds(40).unwrap());
    together(&stores, |store, _| (0..50).map(|_| run(store.incr(&name("count"), 1))).max());
    assert_eq!(run(stores[1].get(&name("count"))).as_deref(), Some(&b"400"[..]));
    assert_eq!(run(stores[1].ttl(&name("count"))), seconds(60).map(Remaining::For));
}

#[test]
fn whoever_reads_while_others_write_finds_a_whole_value() {
    let ground = Ground::new();
    let stores = [ground.store(), ground.store()];
    let values = [vec![b'a'; 50_000], vec![b'b'; 90_000]];
    run(stores[0].set(&name("key"), &values[0], None));
    let whole = together(&stores, |store, at| {
        (0..40).all(|round| match at % 4 {
            0 => block_on(store.set(&name("key"), &values[round % 2], None)).is_ok(),
            _ => run(store.get(&name("key"))).is_some_and(|found| values.contains(&found)),
        })
    });
    assert_eq!(whole, [true; 8]);
}

/// Polls once.
fn begin<T>(work: Pin<&mut impl Future<Output = T>>) -> bool {
    work.poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

#[test]
fn what_queues_up_is_committed_together_and_an_error_is_its_callers_alone() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "there", None);
    let stranger = ground.stranger();
    stranger.execute_batch("begin immediate").unwrap();
    let before: i64 = stranger.query_row("pragma data_version", [], |row| row.get(0)).unwrap();
    let file = store.0.client();
    let wrong = "update larder_cache set version = null".into();
    let [there, one, other] = ["there", "one", "other"].map(name);
    // The first waits for the stranger, the others for the first.
    let mut first = pin!(store.set(&there, b"first", None));
    assert!(begin(first.as_mut()));
    let mut second = pin!(store.set(&one, b"one", None));
    let mut bad = pin!(file.tell(&wrong, &[]));
    let mut third = pin!(store.set(&other, b"other", None));
    assert!(begin(second.as_mut()) && begin(bad.as_mut()) && begin(third.as_mut()));
    stranger.execute_batch("rollback").unwrap();
    assert!(block_on(first).is_ok() && block_on(second).is_ok());
    assert_eq!(block_on(bad).expect_err("it leaves a column empty").kind(), Kind::Store);
    block_on(third).unwrap();
    assert!(has(&store, "there") && has(&store, "one") && has(&store, "other"));
    let after: i64 = stranger.query_row("pragma data_version", [], |row| row.get(0)).unwrap();
    assert_ne!(before, after);
}

#[test]
fn whoever_leaves_half_way_leaves_nothing_half_done() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    let stranger = ground.stranger();
    stranger.execute_batch("begin immediate").unwrap();
    {
        let key = name("key");
        let mut set = pin!(store.set(&key, b"a new value", None));
        let mut delete = pin!(store.delete(&key));
        assert!(begin(set.as_mut()) && begin(delete.as_mut()));
    }
    assert!(has(&store, "key"), "nothing is written as long as somebody else writes");
    stranger.execute_batch("rollback").unwrap();
    put(&store, "another", None);
    assert!(!has(&store, "key"), "what was begun was done, in its order");
    stranger.execute_batch("begin immediate; rollback").expect("no lock is left");
}

#[test]
fn a_lookup_needs_nobody_else() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    assert!(has(&store, "key"));
    let key = name("key");
    let mut get = pin!(store.get(&key));
    let Poll::Ready(found) = get.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
    assert_eq!(found.unwrap().as_deref(), Some(&b"key"[..]));
}

#[test]
fn who_writes_while_another_process_does_waits_for_so_long_and_no_longer() {
    let ground = Ground::new();
    let store = Sqlite::new(ground.config().busy_timeout(std::time::Duration::from_millis(20))).unwrap();
    put(&store, "key", None);
    let stranger = ground.stranger();
    stranger.execute_batch("begin immediate").unwrap();
    let error = failed(store.set(&name("key"), b"new", None));
    assert!(error.is_transient() && error.to_string().contains("is locked by another process"), "{error}");
    assert!(has(&store, "key"), "reading waits for nobody");
    stranger.execute_batch("rollback").unwrap();
    put(&store, "key", None);
}
