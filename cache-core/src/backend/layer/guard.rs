//! What goes around a call, whatever it asks.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::{
    Answer, Backend, Capabilities, Entry, ErasedBackend, Listener, Listening, Names, Remaining, Server, Ticket,
};
use super::{Call, Layer, Means};
use crate::error::{Error, Kind};
use crate::key::Name;

/// What goes around each call of a store: before it, after it, in its place, or several times.
///
/// See the [module](super) for one by hand.
pub trait Guard: Send + Sync + 'static {
    /// Answers a call, by running it or otherwise. Each `run` asks the store once more; but what the engine writes for itself, such
    /// as the marker of a tag, is removed from the second one on, since others may have written it anew in between: so a call is
    /// not to be run again that has done what it was to.
    fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> impl Future<Output = Result<T, Error>> + Send;
}

/// Makes a layer of a guard. All stores that it is applied to share the one guard.
pub fn around<G: Guard>(guard: G) -> Around<G> {
    Around(Arc::new(guard))
}

/// A guard as a layer: see [`around`].
#[derive(Debug)]
pub struct Around<G>(Arc<G>);

impl<G: Guard> Layer for Around<G> {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, _: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        Ok(guarded(store, Arc::clone(&self.0)))
    }
}

/// Puts a guard around a store.
pub(super) fn guarded<G: Guard>(store: Arc<dyn ErasedBackend>, guard: Arc<G>) -> Arc<dyn ErasedBackend> {
    Arc::new(Guarded { store, guard })
}

struct Guarded<G> {
    store: Arc<dyn ErasedBackend>,
    guard: Arc<G>,
}

impl<G: Guard> Guarded<G> {
    /// Writes what the engine keeps for itself. Where that is tried again, nobody knows whether the first try was heard, and
    /// others may have written something else since: to write it once more would bring back what was valid in between. So
    /// it is removed, which takes too much along rather than too little.
    async fn set_once(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        let is_written = AtomicBool::new(false);
        let run = || -> Answer<'_, Result<bool, Error>> {
            if !is_written.swap(true, Ordering::Relaxed) {
                return Box::pin(async { (*self.store).set(name, value, time).await.map(|()| true) });
            }
            Box::pin(async { (*self.store).delete(name).await.map(|_| false) })
        };
        if self.guard.around(Call::Set, run).await? { Ok(()) } else { Err(removed_instead()) }
    }

    /// Answers a call about so many. Where a store that is away does nothing for any of them, that is one failure, and the same
    /// for each.
    async fn around_many<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        many: usize,
        run: impl Fn() -> Answer<'a, Vec<Result<T, Error>>> + Send + Sync + 'a,
    ) -> Vec<Result<T, Error>> {
        let is_away = |did: &Result<T, Error>| did.as_ref().is_err_and(Error::is_transient);
        let run = move || -> Answer<'a, Result<Vec<Result<T, Error>>, Error>> {
            let did = run();
            Box::pin(async move {
                let did = did.await;
                match &did[..] {
                    [Err(first), ..] if did.iter().all(is_away) => Err(first.clone()),
                    _ => Ok(did),
                }
            })
        };
        match self.guard.around(call, run).await {
            Ok(did) => did,
            Err(error) => std::iter::repeat_with(|| Err(error.clone())).take(many).collect(),
        }
    }
}

impl<G: Guard> Backend for Guarded<G> {
    fn capabilities(&self) -> Capabilities {
        (*self.store).capabilities()
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.guard.around(Call::Get, || (*self.store).get(name)).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if name.is_reserved() {
            return self.set_once(name, value, time).await;
        }
        self.guard.around(Call::Set, || (*self.store).set(name, value, time)).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.guard.around(Call::Add, || (*self.store).add(name, value, time)).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.guard.around(Call::Delete, || (*self.store).delete(name)).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.guard.around(Call::Touch, || (*self.store).touch(name, time)).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.guard.around(Call::Incr, || (*self.store).incr(name, delta)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.guard.around(Call::Ttl, || (*self.store).ttl(name)).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.guard.around(Call::GetMany, || (*self.store).get_many(names)).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.around_many(Call::SetMany, entries.len(), || (*self.store).set_many(entries)).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.guard.around(Call::DeleteMany, || (*self.store).delete_many(names)).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.guard.around(Call::ClearScope, || (*self.store).clear_scope(scope)).await
    }

    async fn clear_scope_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        self.guard.around(Call::ClearScope, || (*self.store).clear_scope_on(scope, server)).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.guard.around(Call::ClearStore, || (*self.store).clear_store()).await
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        self.guard.around(Call::ClearStore, || (*self.store).clear_store_on(server)).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.guard.around(Call::BeginFill, || (*self.store).begin_fill(name)).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.guard.around(Call::SetIf, || (*self.store).set_if(name, value, time, ticket)).await
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        self.around_many(Call::BeginFill, names.len(), || (*self.store).begin_fill_many(names)).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        self.around_many(Call::SetIf, entries.len(), || (*self.store).set_many_if(entries)).await
    }

    /// Asks nothing of the store that could be waited for: no guard is needed.
    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        (*self.store).listen(start, listener)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        self.guard.around(Call::List, || (*self.store).list(start, behind)).await
    }

    fn is_away(&self, name: &Name) -> bool {
        (*self.store).is_away(name)
    }

    fn servers(&self) -> Vec<Server> {
        (*self.store).servers()
    }

    fn server_of(&self, name: &Name) -> Server {
        (*self.store).server_of(name)
    }
}

/// What was to be written is not there, and nothing else that was there before is either.
#[derive(Debug)]
struct RemovedInstead;

impl fmt::Display for RemovedInstead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it may have been written by the first try, and replaced since")
    }
}

impl std::error::Error for RemovedInstead {}

fn removed_instead() -> Error {
    Error::new(Kind::Missing, "what was to be written once more was removed").with_source(RemovedInstead)
}

/// Returns whether an error says no more than that.
pub(crate) fn is_removed_instead(error: &Error) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<RemovedInstead>)
}
