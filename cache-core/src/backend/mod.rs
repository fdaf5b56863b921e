//! Stores outside the process: what the author of one writes, and the suite that says whether it holds.
//!
//! A backend takes bytes under full names. It knows nothing of types, records or loads: those are the engine's. To write
//! one, implement [`Backend`], state what it can do as [`Capabilities`], and run the suite on it in one line,
//! [`conformance::check`](crate::testing::conformance::check). [`Memory`] is the smallest complete example.

pub mod layer;

mod audience;
mod capabilities;
mod counting;
mod erased;
mod listening;
mod memory;
mod null;
mod refusal;
mod server;
mod together;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

pub use capabilities::Capabilities;
pub use counting::{Calls, Counting};
pub use erased::{Answer, ErasedBackend};
pub use listening::{Listener, Listening};
pub use memory::Memory;
pub use null::Null;
#[doc(hidden)]
pub use refusal::{not_counted, too_large};
pub use server::Server;
pub(crate) use together::all;

use crate::error::{Error, Kind};
use crate::key::Name;

/// A store outside the process.
///
/// All times are from now on; `None` means for ever, and a time of zero keeps nothing. What has expired is not there:
/// for reading, for `add`, for `touch`, for `incr` and for what `delete` says.
///
/// Operations that [`Capabilities`] does not claim answer [`Kind::Unsupported`], as the methods given here do.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Memory};
/// use larder::clock::Clock;
/// use larder::testing::conformance;
///
/// let clock = Clock::manual();
/// conformance::check(&Memory::new(clock.clone()), |time| clock.advance(time));
/// ```
///
/// One by hand, which counts how often another one is asked:
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use std::time::Duration;
/// use larder::backend::{Backend, Capabilities, Memory, Remaining};
/// use larder::{Error, clock::Clock, key::Name, testing::conformance};
///
/// struct Asked {
///     inner: Memory,
///     times: AtomicUsize,
/// }
///
/// impl Backend for Asked {
///     fn capabilities(&self) -> Capabilities {
///         Capabilities::NONE // what follows is all it does
///     }
///
///     async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
///         self.times.fetch_add(1, Ordering::Relaxed);
///         self.inner.get(name).await
///     }
///
///     async fn set(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<(), Error> {
///         self.inner.set(name, bytes, time).await
///     }
///
///     async fn add(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<bool, Error> {
///         self.inner.add(name, bytes, time).await
///     }
///
///     async fn delete(&self, name: &Name) -> Result<bool, Error> {
///         self.inner.delete(name).await
///     }
///
///     async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
///         self.inner.ttl(name).await
///     }
///
///     async fn clear_store(&self) -> Result<(), Error> {
///         self.inner.clear_store().await
///     }
/// }
///
/// let clock = Clock::manual();
/// let store = Asked { inner: Memory::new(clock.clone()), times: AtomicUsize::new(0) };
/// conformance::check(&store, |time| clock.advance(time));
/// assert!(store.times.load(Ordering::Relaxed) > 0);
/// ```
pub trait Backend: Send + Sync + 'static {
    /// States what the store can do.
    fn capabilities(&self) -> Capabilities;

    /// Returns the bytes under this name.
    fn get(&self, name: &Name) -> impl Future<Output = Result<Option<Vec<u8>>, Error>> + Send;

    /// Keeps bytes under this name, whatever was there. Where they are too large, nothing is there any more.
    fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> impl Future<Output = Result<(), Error>> + Send;

    /// Keeps bytes only where nothing is, and says whether it did.
    fn add(
        &self,
        name: &Name,
        value: &[u8],
        time: Option<Duration>,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Removes what is under this name, and says whether anything was.
    fn delete(&self, name: &Name) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Gives what is under this name another time, and says whether anything was.
    fn touch(&self, _name: &Name, _time: Option<Duration>) -> impl Future<Output = Result<bool, Error>> + Send {
        async { Err(unsupported("change the time of an entry")) }
    }

    /// Adds to the decimal number under this name and returns the sum; the entry keeps the time it has left.
    ///
    /// [`Kind::Missing`] where nothing is, [`Kind::NotANumber`] where something else is, [`Kind::Overflow`] where the
    /// sum would leave `i64`; then nothing changes.
    fn incr(&self, _name: &Name, _delta: i64) -> impl Future<Output = Result<i64, Error>> + Send {
        async { Err(unsupported("count")) }
    }

    /// Returns how long what is under this name still has, or `None` where nothing is.
    fn ttl(&self, name: &Name) -> impl Future<Output = Result<Option<Remaining>, Error>> + Send;

    /// Returns the bytes under each of these names, in their order.
    fn get_many(&self, names: &[Name]) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, Error>> + Send {
        async move {
            let mut values = Vec::with_capacity(names.len());
            for name in names {
                values.push(self.get(name).await?);
            }
            Ok(values)
        }
    }

    /// Keeps each of these, and says of each, in their order, whether it is kept.
    fn set_many(&self, entries: &[Entry]) -> impl Future<Output = Vec<Result<(), Error>>> + Send {
        async move {
            let mut kept = Vec::with_capacity(entries.len());
            for entry in entries {
                kept.push(self.set(&entry.name, &entry.value, entry.time).await);
            }
            kept
        }
    }

    /// Removes what is under each of these names, and says under how many there was anything.
    fn delete_many(&self, names: &[Name]) -> impl Future<Output = Result<u64, Error>> + Send {
        async move {
            let mut removed = 0;
            for name in names {
                removed += u64::from(self.delete(name).await?);
            }
            Ok(removed)
        }
    }

    /// Removes everything whose name begins with `scope`, and nothing else. A scope may hold any printable ASCII
    /// character, also those that a server's patterns would take for more.
    fn clear_scope(&self, _scope: &str) -> impl Future<Output = Result<(), Error>> + Send {
        async { Err(unsupported("tell the entries of one cache from others")) }
    }

    /// Removes what of a [scope](Self::clear_scope) is on one of the [servers](Self::servers); it may remove the rest as well.
    ///
    /// It is asked where that server was away when the scope was cleared. A store that has no servers to tell apart clears the
    /// scope, as is done here.
    fn clear_scope_on(&self, scope: &str, _server: Server) -> impl Future<Output = Result<(), Error>> + Send {
        self.clear_scope(scope)
    }

    /// Removes everything that is in the store.
    fn clear_store(&self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Removes everything that is on one of the [servers](Self::servers); it may remove the rest as well.
    ///
    /// A store is cleared by asking this of each of its servers, and again of one that was away then. Where it removes the rest
    /// as well, as is done here, what others have kept meanwhile goes each time.
    fn clear_store_on(&self, _server: Server) -> impl Future<Output = Result<(), Error>> + Send {
        self.clear_store()
    }

    /// Takes a ticket for a value that is about to be read at the source.
    fn begin_fill(&self, _name: &Name) -> impl Future<Output = Result<Ticket, Error>> + Send {
        async { Err(unsupported("tell whether an entry was changed meanwhile")) }
    }

    /// Keeps bytes, unless what is under this name was written, counted, removed or cleared since the ticket was taken;
    /// says whether it did. It may also refuse without a reason, such as after a restart.
    fn set_if(
        &self,
        _name: &Name,
        _value: &[u8],
        _time: Option<Duration>,
        _ticket: &Ticket,
    ) -> impl Future<Output = Result<bool, Error>> + Send {
        async { Err(unsupported("tell whether an entry was changed meanwhile")) }
    }

    /// Takes a ticket for each of these names. Without more it is [`begin_fill`](Self::begin_fill) for each, side by side.
    fn begin_fill_many(&self, names: &[Name]) -> impl Future<Output = Vec<Result<Ticket, Error>>> + Send {
        all(names.iter().map(|name| self.begin_fill(name)).collect())
    }

    /// Keeps each of these as [`set_if`](Self::set_if) does, and says of each, in their order, whether it did. Without more
    /// it is that, for each, side by side.
    fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> impl Future<Output = Vec<Result<bool, Error>>> + Send {
        let each = entries.iter().map(|(entry, ticket)| self.set_if(&entry.name, &entry.value, entry.time, ticket));
        all(each.collect())
    }

    /// Tells `listener` of every change of a name that begins with `start`, whoever makes it, until what is returned is
    /// dropped. It may tell of others too.
    ///
    /// A change is told once it can be read, and soon. Between [`lost`](Listener::lost) and [`regained`](Listener::regained)
    /// none needs to be, and neither before the first `regained`. What is over, or makes room, is no change.
    ///
    /// # Errors
    ///
    /// [`Kind::Unsupported`] where the store does not tell. That a server is away is no error: the listener hears nothing
    /// until it is there.
    fn listen(&self, _start: &str, _listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        Err(unsupported("tell of its changes"))
    }

    /// Returns some of the names that begin with `start`: those at the beginning, or those behind what an earlier answer gave as
    /// [`next`](Names::next).
    ///
    /// A name that is there from the first question to the last is told, perhaps twice. An answer of no names need not be the
    /// last one. It is a person who asks, and others are not to wait for it: a few hundred names are enough at a time.
    fn list(&self, _start: &str, _behind: Option<&[u8]>) -> impl Future<Output = Result<Names, Error>> + Send {
        async { Err(unsupported("tell what it keeps")) }
    }

    /// Returns whether this name is on a server that is known to be away just now, while others may be there: then nobody who
    /// comes for something else is kept waiting by it. Nothing is asked for that.
    fn is_away(&self, _name: &Name) -> bool {
        false
    }

    /// Returns all servers, each once, of which one can be away while others are there. A store that is in one place, or whose
    /// servers take each other's places, is one server: [`Server::ONLY`], as here.
    ///
    /// A clear that one of them misses is owed to that one, and the entries of the others go on. They stay the same for as
    /// long as the store is open.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::backend::{Backend, Memory, Server};
    /// use larder::clock::Clock;
    /// use larder::key::Scope;
    ///
    /// let store = Memory::new(Clock::manual());
    /// let name = Scope::new("shop", "1", None)?.name(&"key".into());
    /// assert_eq!((store.servers(), store.server_of(&name)), (vec![Server::ONLY], Server::ONLY));
    /// # Ok::<(), larder::Error>(())
    /// ```
    fn servers(&self) -> Vec<Server> {
        vec![Server::ONLY]
    }

    /// Returns the server that this name is on: one of [`servers`](Self::servers), and always the same. Nothing is asked for that.
    ///
    /// Where there are several, a name that says itself on which one it belongs ([`Server::said_in`]) is put there, and
    /// any other one where [`Server::deciding`] says.
    fn server_of(&self, _name: &Name) -> Server {
        Server::ONLY
    }
}

/// How long an entry still has.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::backend::{Backend, Memory, Remaining};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// let (store, scope) = (Memory::new(Clock::manual()), Scope::new("shop", "1", None)?);
/// let key = scope.name(&"key".into());
/// testing::block_on(store.set(&key, b"value", None))?;
/// assert_eq!(testing::block_on(store.ttl(&key))?, Some(Remaining::Forever));
/// let minute = Duration::from_secs(60);
/// assert!(testing::block_on(store.touch(&key, Some(minute)))?);
/// assert_eq!(testing::block_on(store.ttl(&key))?, Some(Remaining::For(minute)));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Until it is removed, or has to make room.
    Forever,
    /// This long.
    For(Duration),
}

/// What is to be kept under one name.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Memory, Entry};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// let (store, scope) = (Memory::new(Clock::manual()), Scope::new("shop", "1", None)?);
/// let [a, b] = ["a", "b"].map(|key| scope.name(&key.into()));
/// let entries = [Entry { name: a.clone(), value: b"1".to_vec(), time: None }];
/// assert!(testing::block_on(store.set_many(&entries)).iter().all(Result::is_ok));
/// let names = [a, b];
/// assert_eq!(testing::block_on(store.get_many(&names))?, [Some(b"1".to_vec()), None]);
/// assert_eq!(testing::block_on(store.delete_many(&names))?, 1);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: Name,
    /// The bytes.
    pub value: Vec<u8>,
    /// For how long; `None` is for ever.
    pub time: Option<Duration>,
}

/// Some of the names in a store.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Memory, Names};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// let (store, scope) = (Memory::new(Clock::manual()), Scope::new("shop", "1", None)?);
/// testing::block_on(store.set(&scope.name(&"key".into()), b"value", None))?;
/// let Names { names, next } = testing::block_on(store.list("shop:1:", None))?;
/// assert_eq!((names, next), (vec![b"shop:1:key".to_vec()], None));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The names, in no order.
    pub names: Vec<Vec<u8>>,
    /// Where to go on, as its store notes that; `None` where this was all.
    pub next: Option<Vec<u8>>,
}

impl Names {
    /// Makes the error of a store that is to go on from where it cannot have come to: whoever asks is wrong, and not the store.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Kind, backend::Names};
    ///
    /// assert_eq!(Names::no_such_place().kind(), Kind::Configuration);
    /// ```
    #[must_use]
    pub fn no_such_place() -> Error {
        Error::configuration("this store told no such place to go on from: write one that an answer has told")
    }
}

/// How a name stood when a load began, in whatever way its backend can tell.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Memory};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// let (store, scope) = (Memory::new(Clock::manual()), Scope::new("shop", "1", None)?);
/// let key = scope.name(&"key".into());
/// testing::block_on(async {
///     let ticket = store.begin_fill(&key).await?;
///     store.delete(&key).await?; // while the value is being read at the source
///     assert!(!store.set_if(&key, b"old", None, &ticket).await?);
///     let ticket = store.begin_fill(&key).await?;
///     assert!(store.set_if(&key, b"new", None, &ticket).await?);
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(pub Vec<u8>);

/// Returns the error of a store that cannot do this.
fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("this store cannot {what}"))
}

/// A backend that several hold.
impl<B: Backend> Backend for Arc<B> {
    fn capabilities(&self) -> Capabilities {
        B::capabilities(self)
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        B::get(self, name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        B::set(self, name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        B::add(self, name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        B::delete(self, name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        B::touch(self, name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        B::incr(self, name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        B::ttl(self, name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        B::get_many(self, names).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        B::set_many(self, entries).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        B::delete_many(self, names).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        B::clear_scope(self, scope).await
    }

    async fn clear_scope_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        B::clear_scope_on(self, scope, server).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        B::clear_store(self).await
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        B::clear_store_on(self, server).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        B::begin_fill(self, name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        B::set_if(self, name, value, time, ticket).await
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        B::begin_fill_many(self, names).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        B::set_many_if(self, entries).await
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        B::listen(self, start, listener)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        B::list(self, start, behind).await
    }

    fn is_away(&self, name: &Name) -> bool {
        B::is_away(self, name)
    }

    fn servers(&self) -> Vec<Server> {
        B::servers(self)
    }

    fn server_of(&self, name: &Name) -> Server {
        B::server_of(self, name)
    }
}
