//! Stores that tell of their changes: what is said, who hears it, and for how long.

use std::any::Any;
use std::fmt;

/// Hears of the changes in a store that [tells](super::Capabilities::tells) of them.
///
/// What is said here is said by the store's own thread, or by whoever made the change, and is to be noted without waiting for
/// anything. Hearing of a change that there was not is no harm, and neither is hearing of one twice.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::{Arc, Mutex};
/// use larder::backend::{Backend, Listener, Memory};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// #[derive(Default)]
/// struct Heard(Mutex<Vec<String>>);
///
/// impl Heard {
///     fn note(&self, what: &str) {
///         self.0.lock().unwrap().push(what.to_owned());
///     }
/// }
///
/// impl Listener for Heard {
///     fn changed(&self, name: &[u8]) {
///         self.note(&String::from_utf8_lossy(name));
///     }
///
///     fn changed_all(&self) {
///         self.note("everything");
///     }
///
///     fn lost(&self) {
///         self.note("lost");
///     }
///
///     fn regained(&self) {
///         self.note("regained");
///     }
/// }
///
/// let (store, heard) = (Memory::new(Clock::manual()), Arc::new(Heard::default()));
/// let listening = store.listen("shop:", Arc::clone(&heard) as Arc<dyn Listener>)?;
/// let key = Scope::new("shop", "1", None)?.name(&"key".into());
/// testing::block_on(store.set(&key, b"value", None))?;
/// drop(listening);
/// testing::block_on(store.delete(&key))?;
/// assert_eq!(*heard.0.lock().unwrap(), ["regained", "shop:1:key"]);
/// # Ok::<(), larder::Error>(())
/// ```
pub trait Listener: Send + Sync + 'static {
    /// Hears that what is under this name was written, counted, removed or given another time, by whomever.
    fn changed(&self, name: &[u8]);

    /// Hears that anything may have changed.
    fn changed_all(&self);

    /// Hears that from now on nothing is heard of changes.
    fn lost(&self);

    /// Hears that all changes from now on will be heard of. Before this is said for the first time, none is.
    fn regained(&self);
}

/// A store that is being listened to, until this is dropped.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::Listening;
///
/// // Whatever ends the listening when it is dropped.
/// let (stop, stopped) = std::sync::mpsc::channel::<()>();
/// drop(Listening::new(stop));
/// assert!(stopped.recv().is_err());
/// ```
#[must_use = "whoever drops it hears nothing"]
pub struct Listening(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Any + Send + Sync>);

impl Listening {
    /// Makes the handle of what ends when it is dropped.
    pub fn new(ends: impl Send + Sync + 'static) -> Self {
        Self(Box::new(ends))
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listening")
    }
}
