//! What is asked of every store.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Remaining, Ticket};
use cache_core::error::Error;
use cache_core::key::Name;
use cache_core::testing::conformance;

use super::{File, Ground};

#[test]
fn it_does_what_is_asked_of_every_store() {
    let ground = Ground::with(|config| config.max_value_bytes(100_000));
    conformance::check(&ground.store, |time| ground.clock.advance(time));
}

/// Two stores in one folder, which take turns.
struct Two([File; 2], AtomicUsize);

impl Two {
    fn next(&self) -> &File {
        &self.0[self.1.fetch_add(1, Ordering::Relaxed) % 2]
    }
}

impl Backend for Two {
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
}

#[test]
fn two_stores_in_one_folder_do_it_together() {
    let ground = Ground::new();
    let two = Two([ground.again(), ground.again()], AtomicUsize::new(0));
    conformance::check(&two, |time| ground.clock.advance(time));
}
