//! Those who listen, by what they listen to.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use ahash::RandomState;

use super::Change;
use crate::executor::{Task, caught};
use crate::lock::{RwLock, read, write};

/// The listeners of a program, or of a test.
#[derive(Default)]
pub(crate) struct Listeners {
    table: RwLock<HashMap<TypeId, Vec<Arc<Registered>>, RandomState>>,
    told: AtomicU64,
    panicked: AtomicU64,
    circles: AtomicU64,
}

/// A listener, and where it was registered.
struct Registered {
    tell: Box<Tell>,
    place: &'static Location<'static>,
    has_ended: AtomicBool,
}

/// Takes a `Change` of the type that it is registered for.
type Tell = dyn Fn(&(dyn Any + Send + Sync)) -> Task + Send + Sync;

impl Listeners {
    pub(crate) fn add<T, F>(self: &Arc<Self>, place: &'static Location<'static>, listener: F) -> Subscription
    where
        T: Send + Sync + 'static,
        F: Fn(Change<T>) -> Task + Send + Sync + 'static,
    {
        let tell = move |change: &(dyn Any + Send + Sync)| {
            listener(change.downcast_ref::<Change<T>>().expect("it is registered by its type").clone())
        };
        let registered = Arc::new(Registered { tell: Box::new(tell), place, has_ended: AtomicBool::new(false) });
        write(&self.table).entry(TypeId::of::<T>()).or_default().push(Arc::clone(&registered));
        Subscription { what: TypeId::of::<T>(), registered, listeners: Arc::downgrade(self) }
    }

    pub(crate) fn are_there<T: 'static>(&self) -> bool {
        read(&self.table).contains_key(&TypeId::of::<T>())
    }

    /// Tells those who listen now, one after the other.
    pub(crate) async fn tell<T: Send + Sync + 'static>(&self, change: Change<T>) {
        // Outside of the lock: they may add or end some.
        let listening = read(&self.table).get(&TypeId::of::<T>()).cloned().unwrap_or_default();
        for registered in listening {
            if !registered.has_ended.load(Ordering::Acquire) {
                self.told.fetch_add(1, Ordering::Relaxed);
                if let Err(why) = caught((registered.tell)(&change)).await {
                    self.panicked.fetch_add(1, Ordering::Relaxed);
                    let (name, place) = (type_name::<T>(), registered.place);
                    log::error!(target: "larder", "the listener to changes of `{name}` at {place} has panicked: {why}");
                }
            }
        }
    }

    pub(crate) fn count_circle(&self) {
        self.circles.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            told: self.told.load(Ordering::Relaxed),
            panicked: self.panicked.load(Ordering::Relaxed),
            circles: self.circles.load(Ordering::Relaxed),
        }
    }
}

/// A listener that is registered. It listens until it is told to end; dropping this changes nothing.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use larder::{changed_blocking, on_change_blocking, testing};
///
/// let _larder = testing::isolated();
/// let told = Arc::new(AtomicU32::new(0));
/// let heard = Arc::clone(&told);
/// let subscription = on_change_blocking::<&str>(move |_| {
///     heard.fetch_add(1, Ordering::Relaxed);
/// });
/// changed_blocking(&"a post");
/// subscription.end();
/// changed_blocking(&"a post");
/// assert_eq!(told.load(Ordering::Relaxed), 1);
/// ```
pub struct Subscription {
    what: TypeId,
    registered: Arc<Registered>,
    listeners: Weak<Listeners>,
}

impl Subscription {
    /// Ends it: nothing is told to it that has not begun to be told before.
    pub fn end(self) {
        self.registered.has_ended.store(true, Ordering::Release);
        let Some(listeners) = self.listeners.upgrade() else { return };
        let mut table = write(&listeners.table);
        let gone: Vec<_> = match table.get_mut(&self.what) {
            Some(listening) => listening.extract_if(.., |other| Arc::ptr_eq(other, &self.registered)).collect(),
            None => return,
        };
        if table.get(&self.what).is_some_and(Vec::is_empty) {
            table.remove(&self.what);
        }
        drop(table);
        // Outside of the lock: what it has is code of somebody else's.
        drop(gone);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subscription").field(&format_args!("{}", self.registered.place)).finish()
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listeners").field(&self.stats()).finish()
    }
}

/// What listeners have counted since the program began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How often a listener was told of a change.
    pub told: u64,
    /// How often one panicked at that.
    pub panicked: u64,
    /// Changes that nobody was told of, since listeners caused them in a circle.
    pub circles: u64,
}
