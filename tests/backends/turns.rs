//! Two who have opened one store, as one backend: they take turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use larder::Error;
use larder::backend::{Backend, Capabilities, Entry, ErasedBackend, Listener, Listening, Remaining, Ticket};
use larder::key::Name;

use crate::conformance::assert_holds;
use crate::stores::{Kind, Store};

crate::tests!(Kind::is_read_where_it_is_written => the_conformance_suite_holds_for_two_who_take_turns);

fn the_conformance_suite_holds_for_two_who_take_turns(store: &Store) -> Result<(), Error> {
    assert_holds(store, &Turns::on(store));
    Ok(())
}

/// The one and the other, and how many calls there were.
pub struct Turns([Store; 2], AtomicUsize);

impl Turns {
    /// Opens a store twice more.
    pub fn on(store: &Store) -> Self {
        Self([store.again(), store.again()], AtomicUsize::new(0))
    }

    fn next(&self) -> &dyn ErasedBackend {
        self.0[self.1.fetch_add(1, Ordering::Relaxed) % 2].backend()
    }
}

impl Backend for Turns {
    fn capabilities(&self) -> Capabilities {
        self.next().capabilities()
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.next().get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.next().set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.next().add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.next().delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.next().touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.next().incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.next().ttl(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.next().get_many(names).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.next().set_many(entries).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.next().delete_many(names).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.next().clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.next().clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.next().begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.next().set_if(name, value, time, ticket).await
    }

    fn listen(&self, scope: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.next().listen(scope, listener)
    }
}
