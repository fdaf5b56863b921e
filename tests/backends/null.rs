//! A store that keeps nothing: whatever is built on one has to work on it.

use larder::{Error, Options};

use crate::stores::{Kind, Store};

crate::tests!(|kind: &Kind| !kind.keeps_something() => every_body_runs_and_nothing_is_kept);

fn every_body_runs_and_nothing_is_kept(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let load = |value| cache.get_or_load("key", Options::ttl(60), || value);
    assert_eq!((load(1_u8), load(2)), (1, 2));
    cache.set("key", 1_u8, Options::ttl(60))?;
    assert!(cache.add("key", 1_u8, Options::ttl(60))?);
    assert_eq!((cache.get::<u8>("key")?, cache.has("key")?, cache.delete("key")?), (None, false, false));
    assert!(cache.set_many([("a", 1_u8), ("b", 2)], Options::ttl(60)).is_empty());
    assert_eq!(cache.get_many::<u8>(["a", "b"])?, vec![None, None]);
    assert_eq!(larder.cache("default").stats().trouble, 0);
    Ok(())
}
