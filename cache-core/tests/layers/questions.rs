//! What a change costs in a store that cannot tell the entries of one cache from others, and what is known after it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};
use std::time::Duration;

use cache_core::backend::layer::Eras;
use cache_core::backend::{Answer, Capabilities, ErasedBackend};
use cache_core::clock::Clock;
use cache_core::error::Error;
use cache_core::key::Name;
use cache_core::testing;

use crate::store::{Mood, Scripted, name, next};

const SECOND: Duration = Duration::from_secs(1);

/// Returns how many questions such a change takes, and how many of them are asked before the first is answered.
fn questions(eras: &Eras, store: &Scripted, change: Change) -> (usize, usize) {
    let before = store.reached();
    store.set_mood(Mood::Hangs);
    let name = name("key");
    let mut changed = pin!(change(eras, &name));
    assert!(changed.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let first = store.reached() - before;
    store.set_mood(Mood::Up);
    testing::block_on(changed);
    (store.reached() - before, first)
}

/// Makes what two processes see of one store.
fn two() -> (Clock, Arc<Scripted>, [Eras; 2]) {
    let clock = Clock::manual();
    let store = Scripted::new(&clock, Capabilities { clear_scope: false, ..Capabilities::ALL });
    let eras = [(); 2].map(|()| {
        Eras::new(Arc::clone(&store) as Arc<dyn ErasedBackend>, "", clock.clone(), || false).expect("a short prefix")
    });
    (clock, store, eras)
}

type Change = for<'a> fn(&'a Eras, &'a Name) -> Answer<'a, ()>;

#[test]
fn who_changes_an_entry_asks_its_marker_in_the_same_go() {
    let (clock, store, [eras, other]) = two();
    let changes: [Change; 5] = [
        |eras, name| Box::pin(async { eras.set(name, b"1", None).await.unwrap() }),
        |eras, name| Box::pin(async { assert!(!eras.add(name, b"2", None).await.unwrap()) }),
        |eras, name| Box::pin(async { assert!(eras.touch(name, None).await.unwrap()) }),
        |eras, name| Box::pin(async { assert!(eras.incr(name, 1).await.unwrap() > 1) }),
        |eras, name| Box::pin(async { assert!(eras.delete(name).await.unwrap()) }),
    ];
    let set = changes[0];
    questions(&eras, &store, set);
    let trusted = changes.map(|change| questions(&eras, &store, change));
    assert_eq!(trusted, [(2, 2); 5]);
    for change in changes {
        questions(&eras, &store, set);
        clock.advance(SECOND);
        assert_eq!(questions(&eras, &store, change), (2, 1), "nothing is trusted, and so it is asked first");
        // What the other one keeps is in an era that this one has not heard of.
        testing::block_on(other.clear_scope(":1:")).unwrap();
        questions(&other, &store, set);
        assert_eq!(questions(&eras, &store, change), (4, 2), "once more, and what was in vain is removed");
    }
}

/// Begins a clear: the store has done it, and its answer is still on the way.
fn cleared_unheard<'a>(eras: &'a Eras, store: &Scripted) -> Answer<'a, Result<(), Error>> {
    // Nothing is waited for before it is done, and something after.
    let is_late = |dice: &u64| dice.is_multiple_of(3) && !next(*dice).is_multiple_of(3);
    let dice = (1..100).find(is_late).expect("one in so many");
    let mut clear = eras.clear_scope(":1:");
    store.dice.store(dice, Ordering::SeqCst);
    assert!(Pin::new(&mut clear).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    store.dice.store(0, Ordering::SeqCst);
    clear
}

#[test]
fn who_clears_and_hears_so_late_trusts_that_for_no_second_more() {
    let (clock, store, [eras, other]) = two();
    let clear = cleared_unheard(&eras, &store);
    testing::block_on(async {
        other.set(&name("key"), b"1", None).await.unwrap();
        other.clear_scope(":1:").await.unwrap();
        clock.advance(SECOND);
        clear.await.unwrap();
        assert_eq!(eras.get(&name("key")).await.unwrap(), None);
    });
}

#[test]
fn of_two_who_clear_at_once_in_one_process_the_first_takes_nothing_back_that_the_second_has_seen() {
    let (_, store, [eras, _]) = two();
    let first = cleared_unheard(&eras, &store);
    testing::block_on(async {
        eras.set(&name("key"), b"1", None).await.unwrap();
        eras.clear_scope(":1:").await.unwrap();
        first.await.unwrap();
        assert_eq!(eras.get(&name("key")).await.unwrap(), None);
    });
}
