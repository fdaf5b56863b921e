//! What changes the bytes of values on their way to a store and back.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::super::{
    Backend, Capabilities, Entry, ErasedBackend, Listener, Listening, Names, Remaining, Server, Ticket, unsupported,
};
use super::{Effect, Layer, Means, Unopened};
use crate::error::Error;
use crate::key::Name;

/// What values are put into on their way to a store, and taken out of again.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::borrow::Cow;
/// use std::sync::Arc;
/// use larder::backend::layer::{Envelope, Layer, Means, enclosed};
/// use larder::backend::{Backend, Capabilities, Memory};
/// use larder::{Error, clock::Clock, key::{Name, Scope}, testing::block_on};
///
/// /// Keeps a byte with each value that says who wrote it, and reads nobody else's.
/// struct Mine;
///
/// impl Envelope for Mine {
///     fn capabilities(&self, store: Capabilities) -> Capabilities {
///         let max_value_bytes = store.max_value_bytes.map(|max| max.saturating_sub(1));
///         // The store cannot count with what has a byte before it.
///         Capabilities { max_value_bytes, atomic_incr: false, ..store }
///     }
///
///     fn close<'a>(&self, _: &Name, value: &'a [u8]) -> Result<Cow<'a, [u8]>, Error> {
///         Ok([b"!", value].concat().into())
///     }
///
///     fn open(&self, _: &Name, bytes: Vec<u8>) -> Option<Vec<u8>> {
///         bytes.strip_prefix(b"!").map(<[u8]>::to_vec)
///     }
/// }
///
/// let store = Arc::new(Memory::new(Clock::manual()));
/// let mine = enclosed(Mine).wrap(store.clone(), &Means::default())?;
/// let name = Scope::new("shop", "1", None)?.name(&"key".into());
/// block_on(mine.set(&name, b"value", None))?;
/// assert_eq!(block_on(Backend::get(&store, &name))?.as_deref(), Some(&b"!value"[..]));
/// assert_eq!(block_on(mine.get(&name))?.as_deref(), Some(&b"value"[..]));
/// # Ok::<(), larder::Error>(())
/// ```
pub trait Envelope: Send + Sync + 'static {
    /// States what is left of what the store can do.
    ///
    /// A store counts with bare digits: whoever changes those gives up [`Capabilities::atomic_incr`]. Then, and without
    /// [`Capabilities::touch`], the store is not asked for that any more.
    fn capabilities(&self, store: Capabilities) -> Capabilities;

    /// Puts a value into it.
    ///
    /// # Errors
    ///
    /// When that cannot be done: nothing is kept under this name then.
    fn close<'a>(&self, name: &Name, value: &'a [u8]) -> Result<Cow<'a, [u8]>, Error>;

    /// Takes a value out again; `None` where these bytes are none of its own, which is as if nothing were there.
    ///
    /// The bytes may have been written by anybody.
    fn open(&self, name: &Name, bytes: Vec<u8>) -> Option<Vec<u8>>;

    /// Says what it does to bytes.
    fn effect(&self) -> Effect {
        Effect::Any
    }
}

/// Makes a layer of an envelope. All stores that it is applied to share the one.
pub fn enclosed<E: Envelope>(envelope: E) -> Enclosed<E> {
    Enclosed(Arc::new(envelope))
}

/// An envelope as a layer: see [`enclosed`].
#[derive(Debug)]
pub struct Enclosed<E>(Arc<E>);

impl<E: Envelope> Layer for Enclosed<E> {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        Ok(enveloped(store, Arc::clone(&self.0), means))
    }

    fn effect(&self) -> Effect {
        self.0.effect()
    }
}

/// Puts an envelope around the values of a store.
pub(super) fn enveloped<E: Envelope>(
    store: Arc<dyn ErasedBackend>,
    envelope: Arc<E>,
    means: &Means,
) -> Arc<dyn ErasedBackend> {
    let can = envelope.capabilities((*store).capabilities());
    Arc::new(Enveloped { store, envelope, can, unopened: Arc::clone(means.unopened()) })
}

struct Enveloped<E> {
    store: Arc<dyn ErasedBackend>,
    envelope: Arc<E>,
    can: Capabilities,
    unopened: Arc<Unopened>,
}

impl<E: Envelope> Enveloped<E> {
    fn open(&self, name: &Name, bytes: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let opened = self.envelope.open(name, bytes?);
        if opened.is_none() {
            self.unopened.note();
        }
        opened
    }

    fn close_all(&self, entries: &[Entry]) -> Result<Vec<Entry>, Error> {
        entries.iter().map(|entry| self.close_entry(entry)).collect()
    }

    fn close_entry(&self, entry: &Entry) -> Result<Entry, Error> {
        let value = self.envelope.close(&entry.name, &entry.value)?.into_owned();
        Ok(Entry { name: entry.name.clone(), value, time: entry.time })
    }
}

impl<E: Envelope> Backend for Enveloped<E> {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.open(name, (*self.store).get(name).await?))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        match self.envelope.close(name, value) {
            Ok(bytes) => (*self.store).set(name, &bytes, time).await,
            // What was there before must not be taken for this one.
            Err(error) => (*self.store).delete(name).await.and(Err(error)),
        }
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        (*self.store).add(name, &self.envelope.close(name, value)?, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        (*self.store).delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        if self.can.touch {
            (*self.store).touch(name, time).await
        } else {
            Err(unsupported("change the time of an entry"))
        }
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        if self.can.atomic_incr { (*self.store).incr(name, delta).await } else { Err(unsupported("count")) }
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        (*self.store).ttl(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let found = (*self.store).get_many(names).await?;
        Ok(names.iter().zip(found).map(|(name, bytes)| self.open(name, bytes)).collect())
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        if let Ok(closed) = self.close_all(entries) {
            return (*self.store).set_many(&closed).await;
        }
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            kept.push(Backend::set(self, &entry.name, &entry.value, entry.time).await);
        }
        kept
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        (*self.store).delete_many(names).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        (*self.store).clear_scope(scope).await
    }

    async fn clear_scope_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        (*self.store).clear_scope_on(scope, server).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        (*self.store).clear_store().await
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        (*self.store).clear_store_on(server).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        (*self.store).begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        (*self.store).set_if(name, &self.envelope.close(name, value)?, time, ticket).await
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        (*self.store).begin_fill_many(names).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        let mut ready = Vec::with_capacity(entries.len());
        let close = |(entry, ticket): &(Entry, Ticket)| {
            ready.push((self.close_entry(entry)?, ticket.clone()));
            Ok(())
        };
        let closed: Vec<_> = entries.iter().map(close).collect();
        let mut kept = (*self.store).set_many_if(&ready).await.into_iter();
        closed.into_iter().map(|closed| closed.and_then(|()| kept.next().unwrap_or(Ok(false)))).collect()
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        (*self.store).listen(start, listener)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        (*self.store).list(start, behind).await
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
