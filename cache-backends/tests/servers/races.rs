//! Two stores on one table, as two processes have them, and sixteen callers.

use std::sync::Barrier;
use std::thread;

use cache_core::error::Error;
use cache_core::testing::block_on;
use libtest_mimic::Failed;

use crate::kind::{Kind, Store, Test, config, name, store};

const THREADS: usize = 16;
const ROUNDS: usize = 40;

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![
        ("of_those_who_add_at_once_in_two_stores_one_wins", add::<K>),
        ("of_counts_at_once_in_two_stores_none_is_lost", count::<K>),
        ("a_late_fill_loses_to_a_removal_in_another_store", late_fill::<K>),
        ("a_late_fill_loses_to_a_clearing_in_another_store", late_fill_and_clear::<K>),
    ]
}

/// Runs the same on all threads at once, each with one of two stores.
fn together<T: Send>(
    stores: &[Box<dyn Store>; 2],
    work: impl Fn(usize, &dyn Store) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let start = Barrier::new(THREADS);
    let run = |thread: usize| {
        start.wait();
        work(thread, &*stores[thread % 2])
    };
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

fn two<K: Kind>(table: &str) -> Result<[Box<dyn Store>; 2], Failed> {
    Ok([store::<K>(table), K::store(config(K::shared()).table(table))?])
}

fn add<K: Kind>() -> Result<(), Failed> {
    let stores = two::<K>("race_add")?;
    for round in 0..ROUNDS {
        let name = name(&round.to_string());
        let won = together(&stores, |thread, store| block_on(store.add(&name, thread.to_string().as_bytes(), None)))?;
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        let winner = won.iter().position(|won| *won).unwrap_or_default();
        assert_eq!(block_on(stores[0].get(&name))?, Some(winner.to_string().into_bytes()));
    }
    Ok(())
}

fn count<K: Kind>() -> Result<(), Failed> {
    let (stores, name) = (two::<K>("race_count")?, name("count"));
    block_on(stores[0].set(&name, b"0", None))?;
    together(&stores, |_, store| (0..ROUNDS).try_for_each(|_| block_on(store.incr(&name, 1)).map(drop)))?;
    assert_eq!(block_on(stores[0].get(&name))?, Some((THREADS * ROUNDS).to_string().into_bytes()));
    Ok(())
}

fn late_fill<K: Kind>() -> Result<(), Failed> {
    let stores = two::<K>("race_fill")?;
    for round in 0..ROUNDS {
        let name = name(&round.to_string());
        let ticket = block_on(stores[0].begin_fill(&name))?;
        together(&stores, |thread, store| match thread {
            1 => block_on(store.delete(&name)),
            _ => block_on(store.set_if(&name, b"old", None, &ticket)),
        })?;
        assert_eq!(block_on(stores[0].get(&name))?, None, "round {round}");
    }
    Ok(())
}

fn late_fill_and_clear<K: Kind>() -> Result<(), Failed> {
    let stores = two::<K>("race_clear")?;
    for round in 0..ROUNDS {
        let name = name(&round.to_string());
        let ticket = block_on(stores[0].begin_fill(&name))?;
        together(&stores, |thread, store| match thread {
            1 => block_on(store.clear_scope("shop:1:")).map(|()| true),
            _ => block_on(store.set_if(&name, b"old", None, &ticket)),
        })?;
        assert_eq!(block_on(stores[0].get(&name))?, None, "round {round}");
    }
    Ok(())
}
