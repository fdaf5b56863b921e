//! [`Memcached`]: the store.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Entry, Remaining, Server, Ticket, too_large};
use cache_core::error::Error;
use cache_core::key::Name;

use super::answer::Said;
use super::config::{self, Config};
use super::fleet::{Fleet, Share, together};
use super::moment::Moment;
use super::node::Node;
use super::{adding, counting, entry, filling, many, request};
use crate::pipe::Deadline;

/// A store on servers of Memcached.
///
/// ```no_run
/// use cache_backends::memcached::{Config, Memcached};
/// use cache_core::backend::Backend;
/// use cache_core::{key::Scope, testing};
///
/// let name = Scope::new("shop", "1", None)?.name(&"visits".into());
/// testing::block_on(async {
///     let store = Memcached::new(Config::new("memcached://cache1,cache2,cache3")?)?;
///     assert!(store.add(&name, b"41", None).await?);
///     assert_eq!(store.incr(&name, 1).await?, 42);
///     Ok::<(), cache_core::error::Error>(())
/// })?;
/// # Ok::<(), cache_core::error::Error>(())
/// ```
pub struct Memcached {
    fleet: Fleet,
    config: Config,
}

impl Memcached {
    /// Makes a store. Nothing is asked of a server yet, so that all may still be away.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work, whatever the servers say.
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check()?;
        Ok(Self { fleet: Fleet::new(&config), config })
    }

    /// Closes all connections. A call after this opens them again.
    pub fn close(&self) {
        self.fleet.nodes().for_each(Node::close);
    }

    /// Waits for what asks several questions no longer than for one.
    async fn within<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        Deadline::after(self.config.limits().timeout).keep(config::NAME, work).await
    }

    fn check(&self, name: &Name, value: &[u8]) -> Result<(), Error> {
        let most = self.config.max_value_bytes();
        if value.len() as u64 > most { Err(too_large(name, value.len(), most)) } else { Ok(()) }
    }
}

/// Many together: what is said of a node that is away is said of its names alone, where the answer has room for it.
impl Backend for Memcached {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            clear_scope: false,
            sub_second: false,
            max_value_bytes: Some(self.config.max_value_bytes()),
            ..Capabilities::ALL
        }
    }

    fn is_away(&self, name: &Name) -> bool {
        self.fleet.of(name).is_away()
    }

    fn servers(&self) -> Vec<Server> {
        self.fleet.nodes().map(Node::id).collect()
    }

    fn server_of(&self, name: &Name) -> Server {
        self.fleet.of(name).id()
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        entry::get(self.fleet.of(name), name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        let node = self.fleet.of(name);
        if let Err(error) = self.check(name, value) {
            entry::delete(node, name).await?;
            return Err(error);
        }
        entry::set(node, name, value, Moment::after(time)).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.check(name, value)?;
        self.within(adding::add(self.fleet.of(name), name, value, Moment::after(time))).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        entry::delete(self.fleet.of(name), name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.within(entry::touch(self.fleet.of(name), name, Moment::after(time))).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.within(counting::incr(self.fleet.of(name), name, delta)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        entry::ttl(self.fleet.of(name), name).await
    }

    /// What is on a server that is away is not there, as long as another one answers: who asks for many things takes what there
    /// is.
    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let shares = self.fleet.shares(names.iter());
        let found =
            together(shares.map(async |share| (self.within(many::get(&share, names)).await, share.places))).await;
        let mut values: Vec<_> = names.iter().map(|_| None).collect();
        let (mut away, mut is_there) = (None, names.is_empty());
        for (found, places) in found {
            match found {
                Ok(found) => {
                    is_there = true;
                    places.into_iter().zip(found).for_each(|(at, value)| values[at] = value);
                }
                Err(error) => away = Some(error),
            }
        }
        match away {
            Some(error) if !is_there => Err(error),
            _ => Ok(values),
        }
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let shares = self.fleet.shares(entries.iter().map(|entry| &entry.name));
        let check = |entry: &Entry| self.check(&entry.name, &entry.value);
        let kept = together(shares.map(async |share: Share<'_>| {
            let kept = self.within(async { Ok(many::set(&share, entries, &check).await) }).await;
            (kept.unwrap_or_else(|error| share.places.iter().map(|_| Err(error.clone())).collect()), share.places)
        }))
        .await;
        let mut all: Vec<_> = entries.iter().map(|_| Ok(())).collect();
        for (kept, places) in kept {
            places.into_iter().zip(kept).for_each(|(at, kept)| all[at] = kept);
        }
        all
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        let shares = self.fleet.shares(names.iter());
        let removed = together(shares.map(async |share| self.within(many::delete(&share, names)).await)).await;
        removed.into_iter().sum()
    }

    async fn clear_store(&self) -> Result<(), Error> {
        together(self.fleet.nodes().map(flush)).await.into_iter().collect()
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        let nodes = self.fleet.nodes().filter(|node| node.id() == server);
        together(nodes.map(flush)).await.into_iter().collect()
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        filling::begin(self.fleet.of(name), name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        let node = self.fleet.of(name);
        if let Err(error) = self.check(name, value) {
            filling::end(node, name, b"", None, ticket).await?;
            return Err(error);
        }
        filling::end(node, name, value, Moment::after(time), ticket).await
    }
}

async fn flush(node: &Node) -> Result<(), Error> {
    match node.ask(request::flush).await? {
        Said::Well => Ok(()),
        other => Err(node.unexpected(&other)),
    }
}

impl fmt::Debug for Memcached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memcached").finish_non_exhaustive()
    }
}
