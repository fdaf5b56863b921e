//! What several processes share, seen through two that have opened it: what one does, the other sees.

use std::time::Duration;

use larder::{Error, Options, testing};

use crate::stores::{Kind, Store};

crate::tests!(Kind::is_shared =>
    what_was_kept_is_there_after_a_restart,
    what_one_process_keeps_removes_and_counts_another_sees,
    an_invalidation_by_another_process_while_a_value_is_loaded_wins,
    a_clear_by_another_process_while_a_value_is_loaded_wins,
    a_removal_before_a_restart_is_known_after_it,
);

const OPTIONS: Options = Options::forever();

fn what_was_kept_is_there_after_a_restart(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    cache.blocking().set("key", "value".to_owned(), Options::ttl(60))?;
    cache.blocking().set("count", 7_i64, OPTIONS)?;
    drop(larder);
    let (store, cache) = restarted(store);
    assert_eq!(cache.blocking().get("key")?, Some("value".to_owned()));
    assert_eq!(cache.blocking().incr("count", 1)?, 8);
    store.pass(Duration::from_secs(61));
    assert_eq!((cache.blocking().has("key")?, cache.blocking().has("count")?), (false, true));
    Ok(())
}

/// Opens the store as a process that has just begun, and a cache in it.
fn restarted(store: &Store) -> (Store, larder::Cache) {
    let store = store.again();
    let cache = store.larder().cache("default");
    (store, cache)
}

fn what_one_process_keeps_removes_and_counts_another_sees(store: &Store) -> Result<(), Error> {
    let ours = store.larder().cache("default");
    let (_other, theirs) = restarted(store);
    ours.blocking().set("key", "value".to_owned(), OPTIONS)?;
    assert_eq!(theirs.blocking().get("key")?, Some("value".to_owned()));
    assert!(!theirs.blocking().add("key", "other".to_owned(), OPTIONS)?);
    assert_eq!((theirs.blocking().delete("key")?, ours.blocking().has("key")?), (true, false));
    ours.blocking().set("count", 1_i64, OPTIONS)?;
    assert_eq!((theirs.blocking().incr("count", 1)?, ours.blocking().incr("count", 1)?), (2, 3));
    theirs.blocking().clear()?;
    if !store.claims().is_some_and(|claims| claims.clear_scope) {
        // Then it is made by the engine, and known to other processes a second later.
        store.pass(Duration::from_secs(1));
    }
    assert!(!ours.blocking().has("count")?);
    Ok(())
}

fn an_invalidation_by_another_process_while_a_value_is_loaded_wins(store: &Store) -> Result<(), Error> {
    let ours = store.larder().cache("default");
    let (_other, theirs) = restarted(store);
    for round in 0..2 {
        let read = ours.blocking().get_or_load("key", OPTIONS, || {
            theirs.blocking().delete("key").expect("a store that works");
            format!("read before, in round {round}")
        });
        assert_eq!(read, format!("read before, in round {round}"));
        assert_eq!(theirs.blocking().get::<String>("key")?, None);
        assert_eq!(ours.blocking().get::<String>("key")?, None);
    }
    Ok(())
}

fn a_clear_by_another_process_while_a_value_is_loaded_wins(store: &Store) -> Result<(), Error> {
    let ours = store.larder().cache("default");
    let (_other, theirs) = restarted(store);
    ours.blocking().get_or_load("key", OPTIONS, || {
        theirs.blocking().clear().expect("a store that works");
        "read before".to_owned()
    });
    assert_eq!(theirs.blocking().get::<String>("key")?, None);
    Ok(())
}

fn a_removal_before_a_restart_is_known_after_it(store: &Store) -> Result<(), Error> {
    let scope = larder::key::Scope::new("shop", "1", None)?;
    let name = scope.name(&"key".into());
    testing::block_on(async {
        let ticket = store.backend().begin_fill(&name).await?;
        store.again().backend().delete(&name).await?;
        let later = store.again();
        assert!(!later.backend().set_if(&name, b"late", None, &ticket).await?);
        assert_eq!(later.backend().get(&name).await?, None);
        Ok(())
    })
}
