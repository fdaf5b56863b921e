//! What a change costs in a store that cannot tell the entries of one cache from others.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use cache_core::backend::layer::Eras;
use cache_core::backend::{Answer, Capabilities, ErasedBackend};
use cache_core::clock::Clock;
use cache_core::key::Name;
use cache_core::testing;

use crate::store::{Mood, Scripted, name};

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

type Change = for<'a> fn(&'a Eras, &'a Name) -> Answer<'a, ()>;

#[test]
fn who_changes_an_entry_asks_its_marker_in_the_same_go() {
    let clock = Clock::manual();
    let store = Scripted::new(&clock, Capabilities { clear_scope: false, ..Capabilities::ALL });
    let [eras, other] = [(); 2]
        .map(|()| Eras::new(Arc::clone(&store) as Arc<dyn ErasedBackend>, "", clock.clone()).expect("a short prefix"));
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
