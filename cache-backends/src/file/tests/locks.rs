//! Locks that somebody else holds.

use std::fs;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::testing::block_on;

use super::super::chore::{Chore, Progress};
use super::super::client::Folder;
use super::*;

/// Keeps the thread of a store busy, from when it says so until it may go on.
struct Busy(Sender<()>, Receiver<()>);

impl Chore for Busy {
    fn step(&mut self, _: &Folder, _: &dyn Fn(u8) -> bool) -> Progress {
        let _ = self.0.send(());
        let _ = self.1.recv();
        Progress::Done
    }
}

#[test]
fn a_lock_that_another_process_holds_stops_no_thread_and_is_waited_for() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"before", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    let mut write = pin!(ground.store.set(&key, b"after", None));
    assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "this thread went on");
    assert_eq!(get(&ground.store, &key).as_deref(), Some(&b"before"[..]), "reading takes no lock");
    drop(other);
    block_on(write).expect("it was waited for");
    assert_eq!(get(&ground.store, &key).as_deref(), Some(&b"after"[..]));
}

#[test]
fn a_lock_that_nobody_lets_go_of_is_given_up() {
    let (ground, key) = (Ground::with(|config| config.lock_timeout(Duration::from_millis(1))), name("key"));
    set(&ground.store, &key, b"1", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    let refused = block_on(ground.store.incr(&key, 1)).expect_err("it is locked");
    assert!(refused.kind() == Kind::Store && refused.to_string().contains("stopped"), "{refused}");
    let refused = block_on(ground.store.clear_store()).expect_err("it is locked");
    assert_eq!(refused.kind(), Kind::Store);
    block_on(ground.store.begin_fill(&key)).expect("that needs no lock");
    drop(other);
    assert_eq!(block_on(ground.store.incr(&key, 1)).expect("it is free"), 2);
    assert_eq!(files(ground.folder.path()).len(), 2, "an entry and a book, and no draft");
}

#[test]
fn a_change_whose_caller_has_left_is_made_and_lets_go_of_the_lock() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"before", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    {
        let mut removal = pin!(ground.store.delete(&key));
        assert!(removal.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(other);
    block_on(ground.store.clear_scope("nobody:")).expect("what comes after it");
    assert_eq!(get(&ground.store, &key), None, "the removal was made");
    assert!(block_on(ground.store.add(&key, b"after", None)).expect("an answer"));
}

#[test]
fn a_removal_does_not_overtake_what_was_left_behind() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"before", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(ground.store.set(&key, b"given up", None)).poll(&mut context).is_pending());
    let ((is_busy, busy), (go_on, wait)) = (channel(), channel());
    ground.store.worker().begin(Busy(is_busy, wait)).expect("a thread");
    busy.recv().expect("it is busy now");
    drop(other);
    let mut removal = pin!(ground.store.delete(&key));
    let removed = removal.as_mut().poll(&mut context);
    drop(go_on);
    if removed.is_pending() {
        block_on(removal).expect("a removal");
    }
    block_on(ground.store.clear_scope("nobody:")).expect("what comes after it");
    assert_eq!(get(&ground.store, &key), None, "what was given up has come back");
}

/// Has the last handle of a store, and lets it go when it is woken: then the store ends on its own thread.
struct Last(Mutex<Option<Arc<File>>>, Sender<bool>);

impl Wake for Last {
    fn wake(self: Arc<Self>) {
        let store = self.0.lock().expect("a handle").take();
        let ended = catch_unwind(AssertUnwindSafe(|| drop(store)));
        let _ = self.1.send(ended.is_ok());
    }
}

#[test]
fn a_store_may_end_on_its_own_thread() {
    let (ground, key) = (Ground::new(), name("key"));
    let store = Arc::new(ground.again());
    set(&store, &key, b"value", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    let (said, heard) = channel();
    let waker = Waker::from(Arc::new(Last(Mutex::new(Some(Arc::clone(&store))), said)));
    let mut write = Box::pin(async move { store.set(&key, b"after", None).await });
    assert!(write.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop((write, waker));
    drop(other);
    assert_eq!(heard.recv(), Ok(true), "it waited for itself");
}

#[test]
fn locks_of_other_drawers_hold_nobody_up() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    let other = fs::File::open(ground.book(&key)).expect("a book");
    other.lock().expect("its lock");
    for number in 0..100 {
        let own = name(&format!("key{number}"));
        if ground.book(&own) != ground.book(&key) {
            set(&ground.store, &own, b"value", None);
        }
    }
    assert!(entries(ground.folder.path()).len() > 90);
}

#[test]
fn two_stores_count_together_and_lose_nothing() {
    let (ground, key) = (Ground::new(), name("visits"));
    set(&ground.store, &key, b"0", Some(MINUTE));
    let stores = [ground.again(), ground.again()];
    thread::scope(|scope| {
        for store in stores.iter().chain(&stores) {
            let key = &key;
            scope.spawn(move || (0..200).for_each(|_| assert!(block_on(store.incr(key, 1)).expect("a count") > 0)));
        }
    });
    assert_eq!(get(&ground.store, &key).as_deref(), Some(&b"800"[..]));
    ground.clock.advance(MINUTE);
    assert_eq!(get(&ground.store, &key), None, "it kept its time");
}
