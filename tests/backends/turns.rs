//! Two who have opened one store, as one backend: they take turns.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
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

/// The one and the other.
pub struct Turns {
    both: [Store; 2],
    /// How many turns there were.
    over: AtomicUsize,
    /// Whether somebody left in the turn that it is.
    is_left: AtomicBool,
}

impl Turns {
    /// Opens a store twice more.
    pub fn on(store: &Store) -> Self {
        Self { both: [store.again(), store.again()], over: AtomicUsize::new(0), is_left: AtomicBool::new(false) }
    }

    /// Returns whose turn it is.
    fn one(&self) -> &dyn ErasedBackend {
        self.both[self.over.load(Ordering::Relaxed) % 2].backend()
    }

    fn turn<F: Future>(&self, call: F) -> Turn<'_, F> {
        Turn { turns: self, call: Box::pin(call), has_waited: false, is_over: false }
    }
}

/// A call. Who was left half-way is asked until it has been waited for: what was begun there may yet be done, and nobody can
/// promise that it is not overtaken by what others ask.
struct Turn<'a, F> {
    turns: &'a Turns,
    call: Pin<Box<F>>,
    has_waited: bool,
    is_over: bool,
}

impl<F: Future> Future for Turn<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Poll::Ready(answer) = self.call.as_mut().poll(context) else {
            self.has_waited = true;
            return Poll::Pending;
        };
        self.is_over = true;
        if self.has_waited || !self.turns.is_left.load(Ordering::Relaxed) {
            self.turns.is_left.store(false, Ordering::Relaxed);
            self.turns.over.fetch_add(1, Ordering::Relaxed);
        }
        Poll::Ready(answer)
    }
}

impl<F> Drop for Turn<'_, F> {
    fn drop(&mut self) {
        if !self.is_over {
            self.turns.is_left.store(true, Ordering::Relaxed);
        }
    }
}

impl Backend for Turns {
    fn capabilities(&self) -> Capabilities {
        // Where a list goes on, the process alone knows that was asked before.
        Capabilities { lists: false, ..self.one().capabilities() }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.turn(self.one().get(name)).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.turn(self.one().set(name, value, time)).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.turn(self.one().add(name, value, time)).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.turn(self.one().delete(name)).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.turn(self.one().touch(name, time)).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.turn(self.one().incr(name, delta)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.turn(self.one().ttl(name)).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.turn(self.one().get_many(names)).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.turn(self.one().set_many(entries)).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.turn(self.one().delete_many(names)).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.turn(self.one().clear_scope(scope)).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.turn(self.one().clear_store()).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.turn(self.one().begin_fill(name)).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.turn(self.one().set_if(name, value, time, ticket)).await
    }

    fn listen(&self, scope: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.one().listen(scope, listener)
    }
}
