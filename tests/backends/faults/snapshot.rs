//! A server that starts again with what it had saved some time ago.

use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{Isolated, block_on};
use larder::{Cache, Error, Key, Options, Settings};

use super::load::{LIMIT, caches, wait};
use super::{Needed, own};
use crate::servers::Redis;

const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

own!(REDIS =>
    what_was_invalidated_in_any_way_does_not_come_back_with_an_older_snapshot,
    what_was_in_an_emptied_store_does_not_come_back_with_an_older_snapshot,
    what_processes_agreed_on_before_does_not_come_back_with_an_older_snapshot,
);

fn said(error: &Error) -> String {
    format!("{error:?}")
}

fn process(server: &Redis) -> Result<Isolated, String> {
    let store = Config::new(&server.url()).and_then(|config| Store::new(config.response_timeout(LIMIT)));
    caches(Settings::backend(store.map_err(|error| said(&error))?)).map_err(|error| said(&error))
}

/// The entries, by what becomes of them: each has a value of its own to be found by.
fn keys() -> [Key; 5] {
    [
        Key::from("deleted"),
        Key::from("of a tag").tagged(["tag"]),
        Key::from("written over"),
        Key::from("written over with many"),
        Key::from("kept"),
    ]
}

fn set(cache: &Cache, key: &Key, value: &str) {
    cache.blocking().set(key.clone(), value.to_owned(), Options::DEFAULT).expect("a server that works");
}

fn text(cache: &Cache, key: &Key) -> Option<String> {
    cache.blocking().get(key).ok().flatten()
}

/// Kills a server, and starts it with what it had saved. Something that nobody has touched says that it has.
fn crash(server: &Redis, cache: &Cache, kept: Option<&Key>) {
    server.stop();
    server.start_again();
    wait("the server is back", || kept.map_or_else(|| server.ask(&["PING"]).is_ok(), |key| text(cache, key).is_some()));
}

fn what_was_invalidated_in_any_way_does_not_come_back_with_an_older_snapshot() -> Result<(), String> {
    let server = Redis::start()?;
    let (ours, another) = (process(&server)?, process(&server)?);
    let (cache, other) = (ours.cache("default"), another.cache("default"));
    let (part, cleared) = (cache.namespace("part"), cache.at_version(2).map_err(|error| said(&error))?);
    let [deleted, tagged, over, over_too, kept] = keys();
    for key in [&deleted, &tagged, &over, &over_too, &kept] {
        set(&cache, key, "old");
    }
    set(&part, &kept, "old");
    set(&cleared, &kept, "old");
    server.ask(&["SAVE"])?;
    let entered = ours.handle().enter();
    let invalidated = larder::invalidate_tag_blocking("tag");
    drop(entered);
    invalidated.and_then(|()| part.invalidate_blocking()).map_err(|error| said(&error))?;
    cleared.blocking().clear().map_err(|error| said(&error))?;
    assert!(cache.blocking().delete(&deleted).is_ok());
    set(&cache, &over, "new");
    let many = [(over_too.clone(), "new".to_owned())];
    assert!(cache.blocking().set_many(many, Options::DEFAULT).is_empty());
    crash(&server, &cache, Some(&kept));
    let seen_by = |cache: &Cache| {
        let cleared = cache.at_version(2).expect("a version");
        let left = [&deleted, &tagged, &over, &over_too].map(|key| text(cache, key));
        (left, text(&cache.namespace("part"), &kept), text(&cleared, &kept))
    };
    for cache in [&cache, &other] {
        assert_eq!(seen_by(cache), ([const { None }; 4], None, None));
    }
    Ok(())
}

fn what_was_in_an_emptied_store_does_not_come_back_with_an_older_snapshot() -> Result<(), String> {
    let server = Redis::start()?;
    let ours = process(&server)?;
    let (cache, [key, ..]) = (ours.cache("default"), keys());
    set(&cache, &key, "old");
    server.ask(&["SAVE"])?;
    cache.blocking().clear_store().map_err(|error| said(&error))?;
    crash(&server, &cache, None);
    wait("it is asked again", || cache.blocking().get::<String>(&key).is_ok());
    assert_eq!(text(&cache, &key), None);
    Ok(())
}

fn what_processes_agreed_on_before_does_not_come_back_with_an_older_snapshot() -> Result<(), String> {
    let server = Redis::start()?;
    let (ours, another) = (process(&server)?, process(&server)?);
    let (cache, other, [.., kept]) = (ours.cache("default"), another.cache("default"), keys());
    let add = |cache: &Cache, number: u64| {
        let longer = |before: Option<&Vec<u64>>| Some([before.map_or(&[][..], Vec::as_slice), &[number]].concat());
        block_on(cache.agree("list", longer)).map_err(|error| said(&error))
    };
    let agreed = |cache: &Cache| block_on(cache.agreed::<Vec<u64>>("list")).map_err(|error| said(&error));
    set(&cache, &kept, "old");
    add(&cache, 1)?;
    server.ask(&["SAVE"])?;
    add(&other, 2)?;
    assert_eq!(add(&cache, 3)?, Some(vec![1, 2, 3]));
    crash(&server, &other, Some(&kept));
    assert_eq!((agreed(&other)?, agreed(&cache)?), (None, None), "it is lost, and not what it was before");
    assert_eq!((add(&cache, 4)?, agreed(&other)?), (Some(vec![4]), Some(vec![4])));
    Ok(())
}
