//! Changes that are said in a transaction: those who listen hear of them when it is committed.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use larder::{
    Options, after_commit, after_commit_blocking, changed, changed_blocking, committing, committing_blocking,
    created_blocking, deleted_blocking, on_change, testing,
};
use tokio::sync::Semaphore;

use crate::events::{Heard, leave};

#[test]
fn in_a_transaction_they_are_told_after_its_commit_and_never_after_a_roll_back() {
    let _larder = testing::isolated();
    let heard = Heard::default();
    heard.by::<u8>("told");
    heard.by::<&str>("told");
    let done: Result<(), ()> = after_commit_blocking(|| {
        changed_blocking(&1_u8);
        created_blocking(&"two");
        deleted_blocking(&3_u8);
        assert_eq!(heard.all(), [""; 0], "nobody has committed yet");
        Ok(())
    });
    assert!(done.is_ok());
    assert_eq!(heard.all(), ["told: Changed 1", "told: Created \"two\"", "told: Deleted 3"]);
    let failed = testing::block_on(after_commit(async {
        changed(&1_u8).await;
        Err::<(), _>("the name is taken")
    }));
    assert_eq!((failed, heard.all()), (Err("the name is taken"), vec![]));
}

#[test]
fn work_within_work_is_a_part_of_it() {
    let _larder = testing::isolated();
    let heard = Heard::default();
    heard.by::<u8>("told");
    after_commit_blocking(|| {
        after_commit_blocking(|| changed_blocking(&1_u8));
        let rolled_back: Result<(), ()> = after_commit_blocking(|| {
            changed_blocking(&2_u8);
            Err(())
        });
        assert_eq!((rolled_back, heard.all()), (Err(()), vec![]));
        changed_blocking(&3_u8);
    });
    assert_eq!(heard.all(), ["told: Changed 1", "told: Changed 3"]);
    let rolled_back: Result<(), ()> = after_commit_blocking(|| {
        after_commit_blocking(|| changed_blocking(&1_u8));
        Err(())
    });
    assert_eq!((rolled_back, heard.all()), (Err(()), vec![]));
}

#[test]
fn a_commit_that_fails_may_have_happened_and_what_failed_before_it_has_not() {
    let _larder = testing::isolated();
    let heard = Heard::default();
    heard.by::<u8>("told");
    let work = |number: u8, before: Result<(), &'static str>, commit: Result<(), &'static str>| {
        testing::block_on(after_commit(async {
            changed(&number).await;
            before?;
            committing(async { commit }).await
        }))
    };
    work(1, Ok(()), Ok(())).expect("it is committed");
    work(2, Err("a constraint"), Ok(())).expect_err("it fails before");
    work(3, Ok(()), Err("the server is gone")).expect_err("nobody knows");
    let late: Result<(), &str> = after_commit_blocking(|| {
        changed_blocking(&4_u8);
        committing_blocking(|| Ok::<_, &str>(()))?;
        Err("too late")
    });
    late.expect_err("it is committed all the same");
    assert_eq!(heard.all(), ["told: Changed 1", "told: Changed 3", "told: Changed 4"]);
}

#[test]
fn a_caller_who_leaves_or_panics_stops_nobody_from_being_told() {
    let larder = testing::isolated();
    let heard = Heard::default();
    heard.by::<u8>("told");
    leave(after_commit(async {
        changed(&1_u8).await;
        changed(&2_u8).await;
        pending::<()>().await;
    }));
    larder.run_tasks();
    assert_eq!(heard.all(), ["told: Changed 1", "told: Changed 2"], "nobody knows how far it has come");

    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        after_commit_blocking(|| -> Result<(), ()> {
            changed_blocking(&3_u8);
            panic!("half-way");
        })
    }));
    larder.run_tasks();
    assert_eq!((panicked.is_err(), heard.all()), (true, vec!["told: Changed 3".to_owned()]));

    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    on_change::<u8>(move |_| {
        let gate = Arc::clone(&held);
        async move { gate.acquire().await.expect("it is never closed").forget() }
    });
    heard.by::<u8>("behind the gate");
    leave(changed(&4_u8));
    leave(after_commit(async { changed(&5_u8).await }));
    assert_eq!(heard.all(), ["told: Changed 4", "told: Changed 5"]);
    gate.add_permits(2);
    larder.run_tasks();
    assert_eq!(heard.all(), ["behind the gate: Changed 4", "behind the gate: Changed 5"]);
}

#[test]
fn what_is_read_in_a_transaction_after_a_change_is_neither_kept_nor_shared() {
    let larder = testing::isolated();
    let runs = Arc::new(AtomicUsize::new(0));
    let cache = larder.cache("default");
    let read = || cache.blocking().get_or_load("post", Options::forever(), || runs.fetch_add(1, Ordering::Relaxed));
    let rolled_back: Result<(), ()> = after_commit_blocking(|| {
        changed_blocking(&7_u8);
        // In work within it too.
        after_commit_blocking(|| assert_eq!((read(), read()), (0, 1)));
        Err(())
    });
    rolled_back.expect_err("it says so");
    assert!(!cache.blocking().has("post").unwrap(), "it may never have come true");
    assert_eq!((read(), read()), (2, 2));
}

#[test]
fn what_work_has_invalidated_is_not_kept_by_work_within_it() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    after_commit_blocking(|| {
        cache.blocking().delete("key").unwrap();
        after_commit_blocking(|| drop(cache.blocking().get_or_load("key", Options::forever(), || "1".to_owned())));
        assert!(!cache.blocking().has("key").unwrap());
    });
}
