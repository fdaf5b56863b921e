//! Layers around a store outside: what is done around each call, and what becomes of bytes on their way.
//!
//! A layer wraps a store and is one again. What goes *around* a call, whatever it asks, is a [`Guard`]: one method for all
//! operations. What changes the *bytes* is an [`Envelope`]: it closes them on the way out and opens them on the way back.
//! Both become a layer in one word, [`around`] and [`enclosed`]; a layer that needs the clock or the timer of its cache, or
//! that treats each operation in its own way, implements [`Layer`] itself.
//!
//! | layer | what it does |
//! |---|---|
//! | [`Timeout`] | gives each call so much time |
//! | [`Retry`] | repeats what may be repeated |
//! | [`Breaker`] | leaves a store alone that keeps failing |
//! | `Compression` | writes values in fewer bytes (feature `compression`) |
//! | `Sealed` | lets nobody who can write to the store read, forge or swap values (feature `encryption`) |
//!
//! Every store outside has one more, outermost and always: what was invalidated while the store was away is not served when
//! it is back. It remembers a few thousand names, and beyond that distrusts everything written before then. What it remembers
//! ends with the process: what a process could not invalidate before it ended may be served until its time is over.
//!
//! # A layer of one's own
//!
//! Each third call fails, to see what a program makes of it:
//!
//! ```
//! # use cache_core::__private::larder;
//! use std::sync::atomic::{AtomicUsize, Ordering};
//! use larder::backend::layer::{Call, Guard, around};
//! use larder::backend::{Answer, Memory};
//! use larder::clock::Clock;
//! use larder::{Error, Kind, Options, Settings, testing};
//!
//! #[derive(Default)]
//! struct Chaos(AtomicUsize);
//!
//! impl Guard for Chaos {
//!     async fn around<'a, T: Send + 'a>(
//!         &'a self,
//!         call: Call,
//!         run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
//!     ) -> Result<T, Error> {
//!         if self.0.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
//!             return Err(Error::new(Kind::Store, format!("`{call}` fails, as it was told to")));
//!         }
//!         run().await
//!     }
//! }
//!
//! let settings = Settings::backend(Memory::new(Clock::manual())).layer(around(Chaos::default()));
//! let larder = testing::isolated_with([("default", settings)])?;
//! let cache = larder.cache("default");
//! for _ in 0..9 {
//!     assert_eq!(cache.blocking().get_or_load("key", Options::ttl(60), || 42_u8), 42);
//! }
//! assert!(cache.stats().trouble > 0, "nobody who called has noticed");
//! # Ok::<(), larder::Error>(())
//! ```

mod breaker;
mod call;
#[cfg(feature = "compression")]
mod compression;
mod envelope;
mod eras;
mod guard;
mod owing;
mod retry;
#[cfg(feature = "encryption")]
mod sealed;
#[cfg(feature = "encryption")]
mod secret;
mod timeout;
mod unopened;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use breaker::{Breaker, Breaks};
pub use call::Call;
#[cfg(feature = "compression")]
pub use compression::Compression;
pub use envelope::{Enclosed, Envelope, enclosed};
#[doc(hidden)]
pub use eras::Eras;
pub(crate) use guard::is_removed_instead;
pub use guard::{Around, Guard, around};
#[doc(hidden)]
pub use owing::Owing;
#[cfg(test)]
pub(crate) use owing::being_removed;
pub(crate) use owing::is_being_removed;
pub use retry::Retry;
#[cfg(feature = "encryption")]
pub use sealed::Sealed;
#[cfg(feature = "encryption")]
pub use secret::Secret;
pub use timeout::Timeout;
pub(crate) use unopened::Unopened;

use super::ErasedBackend;
use crate::clock::Clock;
use crate::error::Error;
use crate::executor::{self, Executor, Task};

/// What is put around a store outside.
///
/// One value may be applied to several stores: what it counts is counted together, what it remembers of a store belongs to
/// what `wrap` returns.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::backend::layer::{Layer, Means};
/// use larder::backend::{Counting, ErasedBackend, Memory};
/// use larder::clock::Clock;
/// use larder::{Error, Settings, testing};
///
/// /// Counts what its store is asked.
/// struct Counted;
///
/// impl Layer for Counted {
///     fn wrap(&self, store: Arc<dyn ErasedBackend>, _: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
///         Ok(Arc::new(Counting::new(store)))
///     }
/// }
///
/// let settings = Settings::backend(Memory::new(Clock::manual())).layer(Counted);
/// assert!(testing::isolated_with([("default", settings)]).is_ok());
/// ```
pub trait Layer: Send + Sync + 'static {
    /// Puts itself around a store, when the cache is made.
    ///
    /// # Errors
    ///
    /// When it cannot work as it was set: the cache is then not made.
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error>;

    /// Says what it does to bytes, so that layers in an order that defeats them are refused.
    fn effect(&self) -> Effect {
        Effect::Any
    }
}

/// What a layer does to the bytes that pass it.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::layer::{Effect, Layer, Retry};
///
/// assert_eq!(Retry::times(2).effect(), Effect::Any, "it does nothing to them");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing, or nothing that others need to know of.
    Any,
    /// It makes them fewer.
    Compresses,
    /// It makes them look random, so that nothing below makes them fewer.
    Seals,
}

/// What a layer may need of the cache that it is applied to: its clock, and its runtime's timer where there is one.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::backend::layer::{Layer, Means, Retry};
/// use larder::backend::{ErasedBackend, Null};
/// use larder::clock::Clock;
/// use larder::executor::NoExecutor;
///
/// let means = Means::new(Clock::manual(), Arc::new(NoExecutor));
/// let store = Retry::times(1).wrap(Arc::new(Null), &means)?;
/// assert!(!store.capabilities().touch, "as the store itself");
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Means {
    clock: Clock,
    executor: Arc<dyn Executor>,
    unopened: Arc<Unopened>,
}

impl Means {
    /// Gathers a clock and a runtime.
    #[must_use]
    pub fn new(clock: Clock, executor: Arc<dyn Executor>) -> Self {
        Self { clock, executor, unopened: Arc::default() }
    }

    /// Says for which cache it is.
    pub(crate) fn of_cache(self, name: &str) -> Self {
        Self { unopened: Arc::new(Unopened::of_cache(name)), ..self }
    }

    /// Returns where layers count what they do not open.
    pub(crate) fn unopened(&self) -> &Arc<Unopened> {
        &self.unopened
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns a future that ends after `time`, or `None` when there is no timer here.
    #[must_use]
    pub fn sleep(&self, time: Duration) -> Option<Task> {
        self.executor.sleep(time)
    }
}

impl Default for Means {
    /// Gathers the system's clock and the runtime that is used where nobody installs one.
    fn default() -> Self {
        Self::new(Clock::default(), executor::usual())
    }
}

impl fmt::Debug for dyn Layer {
    /// Shows nothing of what is in it, which may be a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Layer").field(&self.effect()).finish()
    }
}

/// What a call says of the store: whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contact {
    Answered,
    Failed,
    /// It never got that far.
    Unknown,
}

impl Contact {
    fn of<T>(outcome: &Result<T, Error>) -> Self {
        match outcome {
            Err(error) if error.is_transient() => Self::Failed,
            Err(error) if error.kind() == crate::error::Kind::Configuration => Self::Unknown,
            Ok(_) | Err(_) => Self::Answered,
        }
    }
}
