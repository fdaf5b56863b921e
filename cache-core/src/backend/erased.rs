//! A backend behind a pointer, whatever its type.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Backend, Capabilities, Entry, Listener, Listening, Names, Remaining, Server, Ticket};
use crate::error::Error;
use crate::key::Name;

/// An operation under way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Backend`] as the engine holds it: the same operations, each in a box.
///
/// Every [`Backend`] is one: implement that.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{ErasedBackend, Memory, Null};
/// use larder::clock::Clock;
///
/// let stores: [Box<dyn ErasedBackend>; 2] = [Box::new(Null), Box::new(Memory::new(Clock::manual()))];
/// let can_touch: Vec<bool> = stores.iter().map(|store| store.capabilities().touch).collect();
/// assert_eq!(can_touch, [false, true]);
/// ```
pub trait ErasedBackend: Send + Sync + 'static {
    /// See [`Backend::capabilities`].
    fn capabilities(&self) -> Capabilities;

    /// See [`Backend::get`].
    fn get<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Vec<u8>>, Error>>;

    /// See [`Backend::set`].
    fn set<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<(), Error>>;

    /// See [`Backend::add`].
    fn add<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<bool, Error>>;

    /// See [`Backend::delete`].
    fn delete<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<bool, Error>>;

    /// See [`Backend::touch`].
    fn touch<'a>(&'a self, name: &'a Name, time: Option<Duration>) -> Answer<'a, Result<bool, Error>>;

    /// See [`Backend::incr`].
    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Answer<'a, Result<i64, Error>>;

    /// See [`Backend::ttl`].
    fn ttl<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Remaining>, Error>>;

    /// See [`Backend::get_many`].
    fn get_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<Vec<Option<Vec<u8>>>, Error>>;

    /// See [`Backend::set_many`].
    fn set_many<'a>(&'a self, entries: &'a [Entry]) -> Answer<'a, Vec<Result<(), Error>>>;

    /// See [`Backend::delete_many`].
    fn delete_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<u64, Error>>;

    /// See [`Backend::clear_scope`].
    fn clear_scope<'a>(&'a self, scope: &'a str) -> Answer<'a, Result<(), Error>>;

    /// See [`Backend::clear_scope_on`].
    fn clear_scope_on<'a>(&'a self, scope: &'a str, server: Server) -> Answer<'a, Result<(), Error>>;

    /// See [`Backend::clear_store`].
    fn clear_store(&self) -> Answer<'_, Result<(), Error>>;

    /// See [`Backend::clear_store_on`].
    fn clear_store_on(&self, server: Server) -> Answer<'_, Result<(), Error>>;

    /// See [`Backend::begin_fill`].
    fn begin_fill<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Ticket, Error>>;

    /// See [`Backend::set_if`].
    fn set_if<'a>(
        &'a self,
        name: &'a Name,
        value: &'a [u8],
        time: Option<Duration>,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<bool, Error>>;

    /// See [`Backend::begin_fill_many`].
    fn begin_fill_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Vec<Result<Ticket, Error>>>;

    /// See [`Backend::set_many_if`].
    fn set_many_if<'a>(&'a self, entries: &'a [(Entry, Ticket)]) -> Answer<'a, Vec<Result<bool, Error>>>;

    /// See [`Backend::listen`].
    ///
    /// # Errors
    ///
    /// Where the store does not tell of its changes.
    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error>;

    /// See [`Backend::list`].
    fn list<'a>(&'a self, start: &'a str, behind: Option<&'a [u8]>) -> Answer<'a, Result<Names, Error>>;

    /// See [`Backend::is_away`].
    fn is_away(&self, name: &Name) -> bool;

    /// See [`Backend::servers`].
    fn servers(&self) -> Vec<Server>;

    /// See [`Backend::server_of`].
    fn server_of(&self, name: &Name) -> Server;

    /// Notes that what is under this name is to be removed before it is served: who was to change it has left before
    /// the store was asked. What is outermost remembers that.
    #[doc(hidden)]
    fn owe(&self, _name: &Name) {}
}

impl<B: Backend> ErasedBackend for B {
    fn capabilities(&self) -> Capabilities {
        Backend::capabilities(self)
    }

    fn get<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(Backend::get(self, name))
    }

    fn set<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<(), Error>> {
        Box::pin(Backend::set(self, name, value, time))
    }

    fn add<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(Backend::add(self, name, value, time))
    }

    fn delete<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<bool, Error>> {
        Box::pin(Backend::delete(self, name))
    }

    fn touch<'a>(&'a self, name: &'a Name, time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(Backend::touch(self, name, time))
    }

    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Answer<'a, Result<i64, Error>> {
        Box::pin(Backend::incr(self, name, delta))
    }

    fn ttl<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Remaining>, Error>> {
        Box::pin(Backend::ttl(self, name))
    }

    fn get_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<Vec<Option<Vec<u8>>>, Error>> {
        Box::pin(Backend::get_many(self, names))
    }

    fn set_many<'a>(&'a self, entries: &'a [Entry]) -> Answer<'a, Vec<Result<(), Error>>> {
        Box::pin(Backend::set_many(self, entries))
    }

    fn delete_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<u64, Error>> {
        Box::pin(Backend::delete_many(self, names))
    }

    fn clear_scope<'a>(&'a self, scope: &'a str) -> Answer<'a, Result<(), Error>> {
        Box::pin(Backend::clear_scope(self, scope))
    }

    fn clear_scope_on<'a>(&'a self, scope: &'a str, server: Server) -> Answer<'a, Result<(), Error>> {
        Box::pin(Backend::clear_scope_on(self, scope, server))
    }

    fn clear_store(&self) -> Answer<'_, Result<(), Error>> {
        Box::pin(Backend::clear_store(self))
    }

    fn clear_store_on(&self, server: Server) -> Answer<'_, Result<(), Error>> {
        Box::pin(Backend::clear_store_on(self, server))
    }

    fn begin_fill<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Ticket, Error>> {
        Box::pin(Backend::begin_fill(self, name))
    }

    fn set_if<'a>(
        &'a self,
        name: &'a Name,
        value: &'a [u8],
        time: Option<Duration>,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<bool, Error>> {
        Box::pin(Backend::set_if(self, name, value, time, ticket))
    }

    fn begin_fill_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Vec<Result<Ticket, Error>>> {
        Box::pin(Backend::begin_fill_many(self, names))
    }

    fn set_many_if<'a>(&'a self, entries: &'a [(Entry, Ticket)]) -> Answer<'a, Vec<Result<bool, Error>>> {
        Box::pin(Backend::set_many_if(self, entries))
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        Backend::listen(self, start, listener)
    }

    fn list<'a>(&'a self, start: &'a str, behind: Option<&'a [u8]>) -> Answer<'a, Result<Names, Error>> {
        Box::pin(Backend::list(self, start, behind))
    }

    fn is_away(&self, name: &Name) -> bool {
        Backend::is_away(self, name)
    }

    fn servers(&self) -> Vec<Server> {
        Backend::servers(self)
    }

    fn server_of(&self, name: &Name) -> Server {
        Backend::server_of(self, name)
    }
}

/// A store behind a pointer, whatever its type, so that a plain wrapper around any store is one around it too.
impl Backend for Arc<dyn ErasedBackend> {
    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        (**self).get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        (**self).set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        (**self).add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        (**self).delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        (**self).touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        (**self).incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        (**self).ttl(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        (**self).get_many(names).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        (**self).set_many(entries).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        (**self).delete_many(names).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        (**self).clear_scope(scope).await
    }

    async fn clear_scope_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        (**self).clear_scope_on(scope, server).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        (**self).clear_store().await
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        (**self).clear_store_on(server).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        (**self).begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        (**self).set_if(name, value, time, ticket).await
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        (**self).begin_fill_many(names).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        (**self).set_many_if(entries).await
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        (**self).listen(start, listener)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        (**self).list(start, behind).await
    }

    fn is_away(&self, name: &Name) -> bool {
        (**self).is_away(name)
    }

    fn servers(&self) -> Vec<Server> {
        (**self).servers()
    }

    fn server_of(&self, name: &Name) -> Server {
        (**self).server_of(name)
    }
}

impl fmt::Debug for dyn ErasedBackend {
    /// Shows what it can do, and nothing of where it is: an address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Backend").field(&self.capabilities()).finish()
    }
}
