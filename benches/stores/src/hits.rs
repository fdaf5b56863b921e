//! Larder's ways to an entry: the store alone, and a function whose results it keeps.

use std::sync::Arc;

use larder::backend::Backend;
use larder::key::{Name, Scope};
use larder::{Settings, cached, testing};

use crate::entries::{ENTRIES, check, key, value};
use crate::rounds::Candidate;

#[cached(key = "file:<id>", cache = "file")]
pub fn in_files(id: u64) -> String {
    value(id)
}

#[cached(key = "sqlite:<id>", cache = "sqlite")]
pub fn in_sqlite(id: u64) -> String {
    value(id)
}

#[cached(key = "postgres:<id>", cache = "postgres")]
pub async fn in_postgres(id: u64) -> String {
    value(id)
}

#[cached(key = "mariadb:<id>", cache = "mariadb")]
pub async fn in_mariadb(id: u64) -> String {
    value(id)
}

#[cached(key = "memcached:<id>", cache = "memcached")]
pub async fn in_memcached(id: u64) -> String {
    value(id)
}

#[cached(key = "redis:<id>", cache = "redis")]
pub async fn in_redis(id: u64) -> String {
    value(id)
}

#[cached(key = "near:<id>", cache = "near")]
pub async fn near_redis(id: u64) -> Arc<str> {
    value(id).into()
}

#[cached(key = "memory:<id>", cache = "memory")]
pub async fn in_memory(id: u64) -> Arc<str> {
    value(id).into()
}

/// The names of the entries in a store that is asked without a cache.
pub fn names() -> Vec<Name> {
    let scope = Scope::new("bare", "1", None).expect("a short prefix");
    (0..ENTRIES).map(|id| scope.name(&key(id).as_str().into())).collect()
}

/// Keeps all entries in a store.
pub fn fill(store: &impl Backend) {
    testing::block_on(async {
        for (name, id) in names().iter().zip(0..) {
            store.set(name, value(id).as_bytes(), None).await.expect("the store keeps it");
        }
    });
}

/// Asks a store that answers where its caller stands.
pub fn of_the_store(name: &str, store: &Arc<impl Backend>) -> Candidate {
    fill(store);
    let (store, names) = (Arc::clone(store), names());
    let read = move |id| {
        let found = testing::block_on(store.get(&names[index(id)])).expect("the store answers");
        check(id, &found.expect("an entry"));
    };
    Candidate::new(name, read)
}

/// Calls a function whose results are kept in this store; to be called once for each kind.
pub fn of_a_function(name: &str, function: fn(u64) -> String) -> Candidate {
    (0..ENTRIES).for_each(|id| drop(function(id)));
    Candidate::new(name, move |id| check(id, function(id).as_bytes()))
}

/// Makes the caches of the functions.
pub fn install(caches: Vec<(&str, Settings)>) {
    let caches = caches.into_iter().fold(larder::builder(), |builder, (name, settings)| builder.cache(name, settings));
    caches.install().expect("nothing was cached yet");
}

pub fn index(id: u64) -> usize {
    usize::try_from(id).expect("few entries")
}
