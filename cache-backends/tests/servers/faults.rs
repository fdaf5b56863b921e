//! Servers that go away, come back, and stand still.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use cache_backends::postgres::Config;
use cache_core::error::{Error, Kind as ErrorKind};
use cache_core::testing::block_on;
use libtest_mimic::Failed;

use crate::kind::{Kind, Test, config, name, store};

/// How much longer than its limit a call may take on a machine that has much to do.
const SLACK: Duration = Duration::from_secs(5);

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![
        ("a_server_that_is_away_is_an_error_at_once_until_it_is_back", away::<K>),
        ("a_server_that_is_away_is_told_with_its_host_and_its_database", named::<K>),
        ("a_host_that_no_system_knows_is_told_to_be_none", nowhere::<K>),
        ("a_server_that_was_started_again_is_used_without_an_error", restarted::<K>),
        ("a_server_that_is_killed_under_load_hangs_nobody", killed_under_load::<K>),
        ("a_server_that_stands_still_is_waited_for_no_longer_than_is_said", frozen::<K>),
        ("a_write_that_was_left_is_not_run_after_a_later_one", left_behind::<K>),
        ("who_leaves_in_the_midst_leaves_no_answer_to_others", dropped::<K>),
    ]
}

fn assert_transient<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let error = answer.expect_err("a server that is away");
    assert!(error.is_transient() && error.kind() == ErrorKind::Store, "{error:?}");
}

fn away<K: Kind>() -> Result<(), Failed> {
    let server = K::start()?;
    server.stop();
    let store = K::store(config(&server).statement_timeout(Duration::from_secs(60)))?;
    let begun = Instant::now();
    assert_transient(block_on(store.get(&name("key"))));
    assert_transient(store.create_table());
    assert!(begun.elapsed() < SLACK, "nobody is there to wait for");
    server.start_again();
    store.create_table()?;
    block_on(store.set(&name("key"), b"value", None))?;
    assert_eq!(block_on(store.get(&name("key")))?, Some(b"value".to_vec()));
    Ok(())
}

/// Returns what is said of an address where nothing is found.
fn unreachable<K: Kind>(rest: &str) -> Result<Error, Failed> {
    let store = K::store(Config::new(&format!("{}://shop:geheim@{rest}/caches", K::NAME))?)?;
    let error = block_on(store.get(&name("key"))).expect_err("nobody is there");
    assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
    Ok(error)
}

fn named<K: Kind>() -> Result<(), Failed> {
    // Nobody is at a port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let error = unreachable::<K>(&format!("127.0.0.1:{port}"))?;
    let kind = if K::NAME == "postgres" { "PostgreSQL" } else { "MariaDB or MySQL" };
    assert_eq!(error.to_string(), format!("{kind} at 127.0.0.1:{port} (database `caches`) is away"));
    assert_transient::<()>(Err(error));
    Ok(())
}

fn nowhere<K: Kind>() -> Result<(), Failed> {
    // No name has a part of more than 63 letters, so that nobody has to be asked.
    let error = unreachable::<K>(&"x".repeat(64))?.to_string();
    assert!(error.contains("(database `caches`) is away: its host was not found: is the name"), "{error}");
    Ok(())
}

/// Connections have died that nobody was using: what is written is certainly not run on them.
fn restarted<K: Kind>() -> Result<(), Failed> {
    let (server, key) = (K::start()?, name("key"));
    let store = K::store(config(&server))?;
    store.create_table()?;
    for round in 0_u8..3 {
        thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(|| block_on(store.get(&key))));
            threads.into_iter().try_for_each(|thread| thread.join().expect("no panic").map(drop))
        })?;
        server.stop();
        server.start_again();
        if round % 2 == 0 {
            block_on(store.set(&key, &[round], None))?;
        }
        assert_eq!(block_on(store.get(&key))?, Some(vec![round & !1]));
    }
    Ok(())
}

/// Waits until so many more are counted.
fn until_more(count: &AtomicUsize, wanted: usize) {
    let (before, begun) = (count.load(Ordering::SeqCst), Instant::now());
    while count.load(Ordering::SeqCst) < before + wanted && begun.elapsed() < Duration::from_secs(60) {
        thread::yield_now();
    }
}

fn killed_under_load<K: Kind>() -> Result<(), Failed> {
    let server = K::start()?;
    let store = K::store(config(&server).statement_timeout(Duration::from_secs(1)))?;
    store.create_table()?;
    let (is_over, calls, errors) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |thread: usize| {
        let (key, mut longest) = (name(&thread.to_string()), Duration::ZERO);
        while !is_over.load(Ordering::SeqCst) {
            let begun = Instant::now();
            let answers = [block_on(store.set(&key, b"value", None)).err(), block_on(store.get(&key)).err()];
            longest = longest.max(begun.elapsed());
            calls.fetch_add(1, Ordering::SeqCst);
            for error in answers.into_iter().flatten() {
                errors.fetch_add(1, Ordering::SeqCst);
                assert!(error.is_transient(), "{error:?}");
            }
        }
        longest
    };
    let work = &work;
    let longest = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || work(thread))).collect();
        for _ in 0..2 {
            until_more(&calls, 200);
            server.stop();
            until_more(&errors, 8);
            server.start_again();
        }
        until_more(&calls, 200);
        is_over.store(true, Ordering::SeqCst);
        threads.into_iter().map(|thread| thread.join().expect("no panic")).max()
    });
    assert!(longest.is_some_and(|longest| longest < Duration::from_secs(2) + SLACK), "a call took {longest:?}");
    assert!(errors.load(Ordering::SeqCst) > 0, "the server was away");
    assert_eq!(block_on(store.get(&name("0")))?, Some(b"value".to_vec()));
    Ok(())
}

fn frozen<K: Kind>() -> Result<(), Failed> {
    let (server, key, limit) = (K::start()?, name("key"), Duration::from_millis(200));
    let store = K::store(config(&server).statement_timeout(limit))?;
    K::store(config(&server))?.create_table()?;
    let value = |answer: Result<_, _>| answer.is_ok_and(|found| found == Some(b"value".to_vec()));
    let again = |call: &dyn Fn() -> bool| (0..50).any(|_| call());
    assert!(again(&|| block_on(store.set(&key, b"value", None)).is_ok()));
    server.freeze();
    let begun = Instant::now();
    // One that has a connection, and those who need a new one.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_transient(block_on(store.get(&key))));
            scope.spawn(|| assert_transient(block_on(store.set(&name("other"), b"value", None))));
        }
    });
    assert_transient(block_on(store.get(&key)));
    assert!(begun.elapsed() < limit * 2 + SLACK, "{:?}", begun.elapsed());
    server.thaw();
    assert!(again(&|| value(block_on(store.get(&key)))), "and then it goes on");
    Ok(())
}

/// A caller who has left does not leave an answer behind that the next one would take for its own.
fn dropped<K: Kind>() -> Result<(), Failed> {
    let server = K::shared();
    let store = K::store(config(server).table("dropped").pool(1))?;
    store.create_table()?;
    let names: Vec<_> = (0..20).map(|at| name(&at.to_string())).collect();
    for (at, name) in names.iter().enumerate() {
        block_on(store.set(name, at.to_string().as_bytes(), None))?;
    }
    for (at, name) in names.iter().enumerate() {
        let mut left = store.get(&names[(at + 1) % names.len()]);
        let mut context = Context::from_waker(Waker::noop());
        let _ = (0..at % 3).any(|_| left.as_mut().poll(&mut context).is_ready());
        drop(left);
        assert_eq!(block_on(store.get(name))?, Some(at.to_string().into_bytes()));
    }
    Ok(())
}

fn left_behind<K: Kind>() -> Result<(), Failed> {
    let (store, key) = (store::<K>("left"), name("key"));
    let mut context = Context::from_waker(Waker::noop());
    for round in 0..200 {
        let mut left = store.delete(&key);
        let _ = (0..round % 4).any(|_| left.as_mut().poll(&mut context).is_ready());
        drop(left);
        block_on(store.set(&key, b"later", None))?;
        assert_eq!(block_on(store.get(&key))?, Some(b"later".to_vec()), "round {round}");
    }
    Ok(())
}
