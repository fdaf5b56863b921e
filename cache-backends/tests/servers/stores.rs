//! What is asked of stores on servers.

use std::time::Duration;

use cache_backends::postgres;
use cache_core::backend::Entry;
use cache_core::error::Kind::Configuration;
use cache_core::testing::block_on;
use libtest_mimic::Failed;

use crate::kind::{Kind, SECOND, Test, config, name, store};
use crate::servers::PASSWORD;

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![
        ("a_store_that_keeps_no_statements_for_a_pooler_does_the_same_and_goes_on_after_an_error", pooled::<K>),
        ("a_table_is_made_once_and_in_words_that_can_be_read", table::<K>),
        ("without_a_table_it_says_what_to_do", no_table::<K>),
        ("a_wrong_password_is_told_and_not_shown", wrong_password::<K>),
        ("what_is_read_comes_from_the_server_for_reading", reads_elsewhere::<K>),
        ("a_store_outlives_the_runtime_of_its_first_caller", runtimes::<K>),
        ("many_large_values_are_written_at_once", many_large::<K>),
        ("what_is_too_much_goes_and_what_is_nearest_to_its_end_goes_first", bounded::<K>),
        ("after_close_a_call_opens_connections_again", closes::<K>),
    ]
}

fn pooled<K: Kind>() -> Result<(), Failed> {
    let url = format!("{}&statement-cache-capacity=0", K::shared().url());
    let config = postgres::Config::new(&url)?.table("pooled").pool(1);
    let (store, key) = (K::store(config)?, name("key"));
    let error = block_on(store.get(&key)).expect_err("there is no table");
    assert_eq!(error.kind(), Configuration, "{error:?}");
    store.create_table()?;
    block_on(store.set(&key, b"7", None))?;
    assert_eq!(block_on(store.incr(&key, 1))?, 8);
    assert_eq!(block_on(store.get(&key))?, Some(b"8".to_vec()));
    assert!(block_on(store.delete(&key))?);
    Ok(())
}

fn table<K: Kind>() -> Result<(), Failed> {
    let store = K::store(config(K::shared()).table("made"))?;
    assert!(store.create_table()?, "it was not there");
    assert!(!store.create_table()?, "it was");
    let text = store.create_table_sql();
    assert!(text.contains("create table") && text.contains("made_cleared"), "{text}");
    Ok(())
}

fn no_table<K: Kind>() -> Result<(), Failed> {
    let store = K::store(config(K::shared()).table("nowhere"))?;
    for error in [block_on(store.get(&name("key"))).err(), block_on(store.set(&name("key"), b"value", None)).err()] {
        let error = error.expect("no table");
        assert_eq!(error.kind(), Configuration);
        assert!(
            error.to_string().contains("`nowhere`") && error.to_string().contains("larder create-table"),
            "{error}"
        );
    }
    Ok(())
}

fn wrong_password<K: Kind>() -> Result<(), Failed> {
    let wrong = cache_backends::postgres::Config::new(&K::shared().url_of("larder", "hunter2"))?;
    let store = K::store(wrong.clone())?;
    let error = block_on(store.get(&name("key"))).expect_err("a wrong password");
    assert_eq!(error.kind(), Configuration, "{error:?}");
    assert!(error.to_string().contains("password"), "{error}");
    let source = std::error::Error::source(&error).expect("what the server says");
    for shown in [format!("{error} {error:?} {source} {source:?}"), format!("{wrong:?} {store:?}")] {
        assert!(!shown.contains("hunter2") && !shown.contains(PASSWORD), "{shown}");
    }
    Ok(())
}

/// Two servers that know nothing of each other show who is asked.
fn reads_elsewhere<K: Kind>() -> Result<(), Failed> {
    let (first, second) = (K::shared(), K::start()?);
    let [near, far] = [config(first), config(&second)].map(|config| K::store(config.table("apart")));
    let (near, far) = (near?, far?);
    near.create_table()?;
    far.create_table()?;
    let both = K::store(config(first).table("apart").read(&second.url())?)?;
    let key = name("key");
    block_on(both.set(&key, b"written", SECOND.map(|second| second * 60)))?;
    assert_eq!(block_on(near.get(&key))?, Some(b"written".to_vec()));
    assert_eq!(block_on(both.get(&key))?, None, "the other one has not heard of it");
    block_on(far.set(&key, b"read", None))?;
    assert_eq!(block_on(both.get(&key))?, Some(b"read".to_vec()));
    assert!(block_on(both.delete(&key))?, "it is removed where it was written");
    assert_eq!(block_on(near.get(&key))?, None);
    Ok(())
}

fn runtimes<K: Kind>() -> Result<(), Failed> {
    let (store, key) = (store::<K>("runtimes"), name("key"));
    let runtime = || tokio::runtime::Builder::new_current_thread().build();
    runtime()?.block_on(store.set(&key, b"value", None))?;
    for _ in 0..3 {
        assert_eq!(runtime()?.block_on(store.get(&key))?, Some(b"value".to_vec()));
    }
    assert_eq!(block_on(store.get(&key))?, Some(b"value".to_vec()));
    Ok(())
}

fn many_large<K: Kind>() -> Result<(), Failed> {
    let store = store::<K>("large");
    let entry = |at: u8| Entry { name: name(&at.to_string()), value: vec![at; 3 << 20], time: None };
    let entries: Vec<_> = (0..8).map(entry).collect();
    block_on(store.set_many(&entries)).into_iter().collect::<Result<Vec<()>, _>>()?;
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    let found = block_on(store.get_many(&names))?;
    assert!(found.iter().zip(&entries).all(|(found, entry)| found.as_ref() == Some(&entry.value)), "all of them");
    Ok(())
}

fn closes<K: Kind>() -> Result<(), Failed> {
    let (store, key) = (store::<K>("closed"), name("key"));
    block_on(store.set(&key, b"value", None))?;
    store.close();
    assert_eq!(block_on(store.get(&key))?, Some(b"value".to_vec()));
    Ok(())
}

fn bounded<K: Kind>() -> Result<(), Failed> {
    // One without a bound writes, so that nothing goes on beside.
    let (full, store) = (store::<K>("bounded"), K::store(config(K::shared()).table("bounded").max_entries(50))?);
    let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
    // By the alphabet, those that are to stay would go first.
    let entries = (0_u8..100).map(|at| {
        let (key, time) =
            if at < 40 { (format!("a{at}"), minutes(200)) } else { (format!("b{at}"), minutes(at.into())) };
        Entry { name: name(&key), value: vec![at], time }
    });
    let entries: Vec<_> = entries.collect();
    block_on(full.set_many(&entries)).into_iter().collect::<Result<Vec<()>, _>>()?;
    store.make_room();
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    let found = block_on(store.get_many(&names))?;
    let left = found.iter().flatten().count();
    assert!((40..=50).contains(&left), "{left} are left");
    let soonest = (40..50).filter(|at| found[*at].is_some()).count();
    assert_eq!(soonest, 0, "those that would have ended first");
    assert!(found[..40].iter().all(Option::is_some), "not those of which the name comes first");
    store.let_time_pass(Duration::from_secs(24 * 3600));
    store.make_room();
    assert_eq!(block_on(store.get_many(&names))?.iter().flatten().count(), 0);
    Ok(())
}
