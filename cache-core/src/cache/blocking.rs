//! The same handle for code that blocks: one engine, driven by the thread that asks.

use std::convert::Infallible;
use std::fmt;

use super::Cache;
use super::hand::shared;
use super::load::Next;
use super::rules::Rules;
use super::run::once_only;
use crate::error::Error;
use crate::executor::block_on;
use crate::explain::is_anyone_asking;
use crate::key::Key;
use crate::policy::{Options, Ttl};
use crate::stats::Event;
use crate::value::Value;

/// A cache for code that blocks: the thread that asks drives the engine, and parks while another one loads.
///
/// From [`Cache::blocking`]. No runtime is needed, and none is blocked but by the thread that stands in it.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let cache = cache.blocking();
/// let sum = std::thread::scope(|threads| {
///     let ask = || cache.get_or_load("sum", Options::ttl(60), || 40_u8 + 2);
///     let other = threads.spawn(ask);
///     ask() + other.join().unwrap_or(0)
/// });
/// assert_eq!(sum, 84);
/// assert_eq!(cache.get_or("sum", 0_u8)?, 42);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Blocking<'a>(&'a Cache);

impl Cache {
    /// Returns the same cache for code that blocks.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("greeting", "hello".to_owned(), Options::DEFAULT)?;
    /// assert_eq!(cache.blocking().get::<String>("greeting")?.as_deref(), Some("hello"));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn blocking(&self) -> Blocking<'_> {
        Blocking(self)
    }
}

impl fmt::Debug for Blocking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(self.0).finish()
    }
}

impl Blocking<'_> {
    /// Returns the value under this key; on a miss runs `body` once for all who ask, and keeps what it returns.
    pub fn get_or_load<V: Value>(
        self,
        key: impl Into<Key>,
        options: impl Into<Options>,
        body: impl FnOnce() -> V,
    ) -> V {
        match self.try_get_or_load(key, options, || Ok::<V, Infallible>(body())) {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// Returns the value under this key; on a miss runs `body` once for all who ask, and keeps what it returns, unless
    /// that is an error.
    ///
    /// # Errors
    ///
    /// Those of the body.
    pub fn try_get_or_load<V: Value, E>(
        self,
        key: impl Into<Key>,
        options: impl Into<Options>,
        body: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        self.load_by_hand(key.into(), &Rules::new(V::keep(), options.into()), &mut once_only(body))
    }

    /// Does the same as [`try_get_or_load`](Self::try_get_or_load), and hands one error to all who wait for it.
    ///
    /// # Errors
    ///
    /// Those of the body.
    pub fn try_get_or_load_shared<V: Value, E: Clone + Send + Sync + 'static>(
        self,
        key: impl Into<Key>,
        options: impl Into<Options>,
        body: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        self.load_by_hand(key.into(), &shared(options.into()), &mut once_only(body))
    }

    fn load_by_hand<V, E>(self, key: Key, rules: &Rules<V, E>, body: &mut dyn FnMut() -> Result<V, E>) -> Result<V, E> {
        // What is there takes no future.
        if let Some(found) = self.0.found_by_hand(&key, rules) {
            return Ok(found);
        }
        self.load_closer(key, rules, body)
    }

    /// Away from those who find something at once: they are not to make room for a future.
    #[cold]
    #[inline(never)]
    fn load_closer<V, E>(self, key: Key, rules: &Rules<V, E>, body: &mut dyn FnMut() -> Result<V, E>) -> Result<V, E> {
        match block_on(self.0.begin_by_hand(key, rules)) {
            Next::Found(outcome) | Next::Done(outcome) => outcome,
            Next::Run(run) => {
                let inside = run.enter();
                let outcome = body();
                drop(inside);
                block_on(run.end(Some(outcome)))
            }
        }
    }
}

impl Blocking<'_> {
    /// Returns the value under this key, if there is a live one of this type.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn get<V: Value>(self, key: impl Into<Key>) -> Result<Option<V>, Error> {
        let key = key.into();
        // What is there takes no future.
        if !is_anyone_asking()
            && let Some(found) = self.0.get_at_once(&key, V::keep())
        {
            self.0.count(Event::Hit);
            return Ok(Some(found));
        }
        self.get_by_name(&key)
    }

    /// Away from those who find something at once: they are not to make room for a future.
    #[cold]
    #[inline(never)]
    fn get_by_name<V: Value>(self, key: &Key) -> Result<Option<V>, Error> {
        block_on(self.0.get_kept(key, V::keep(), None))
    }
}

/// Each method is the one of [`Cache`] by the same name, driven by the calling thread.
macro_rules! driven_by_the_caller {
    ($(
        $(#[$doc:meta])*
        fn $name:ident $(<$value:ident>)? ($($argument:ident: $type:ty),*) -> $output:ty;
    )*) => {
        impl Blocking<'_> {$(
            $(#[$doc])*
            pub fn $name $(<$value: Value>)? (self, $($argument: $type),*) -> $output {
                block_on(self.0.$name$(::<$value>)?($($argument),*))
            }
        )*}
    };
}

driven_by_the_caller! {
    /// Returns the value under this key, or `default` where there is no live one of this type.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn get_or<V>(key: impl Into<Key>, default: V) -> Result<V, Error>;

    /// Keeps a value under this key, whatever was there before.
    ///
    /// # Errors
    ///
    /// When the store fails, or the value is over its limit.
    fn set<V>(key: impl Into<Key>, value: V, options: impl Into<Options>) -> Result<(), Error>;

    /// Keeps a value only where there is no live one, and says whether it did.
    ///
    /// # Errors
    ///
    /// When the store fails, or the value is over its limit.
    fn add<V>(key: impl Into<Key>, value: V, options: impl Into<Options>) -> Result<bool, Error>;

    /// Removes the entry under this key, and says whether there was a live one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn delete(key: impl Into<Key>) -> Result<bool, Error>;

    /// Gives a live entry another time from now on, and says whether there was one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn touch(key: impl Into<Key>, ttl: Ttl) -> Result<bool, Error>;

    /// Returns whether there is a live entry under this key, of whatever type.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn has(key: impl Into<Key>) -> Result<bool, Error>;

    /// Returns how long the entry under this key is still fresh, or `None` when there is no live one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn ttl(key: impl Into<Key>) -> Result<Option<Ttl>, Error>;

    /// Adds to the number under this key and returns the sum.
    ///
    /// # Errors
    ///
    /// As for [`Cache::incr`].
    fn incr(key: impl Into<Key>, delta: i64) -> Result<i64, Error>;

    /// Takes from the number under this key and returns what is left.
    ///
    /// # Errors
    ///
    /// As for [`Cache::incr`].
    fn decr(key: impl Into<Key>, delta: i64) -> Result<i64, Error>;

    /// Moves an entry to a later version, with the time it has left, and returns that version.
    ///
    /// # Errors
    ///
    /// As for [`Cache::incr_version`].
    fn incr_version<V>(key: impl Into<Key>, delta: i64) -> Result<i64, Error>;

    /// Moves an entry to an earlier version, with the time it has left, and returns that version.
    ///
    /// # Errors
    ///
    /// As for [`Cache::incr_version`].
    fn decr_version<V>(key: impl Into<Key>, delta: i64) -> Result<i64, Error>;

    /// Returns the values under these keys, in their order: `None` where there is no live one of this type.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn get_many<V>(keys: impl IntoIterator<Item = impl Into<Key>>) -> Result<Vec<Option<V>>, Error>;

    /// Keeps these values, and returns the keys of those that the store did not take, each with the reason.
    fn set_many<V>(entries: impl IntoIterator<Item = (impl Into<Key>, V)>, options: impl Into<Options>) -> Vec<(Key, Error)>;

    /// Removes the entries under these keys, and says how many live ones there were.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn delete_many(keys: impl IntoIterator<Item = impl Into<Key>>) -> Result<u64, Error>;

    /// Removes all entries of this cache's prefix and version, and none of its neighbours in the same store.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn clear() -> Result<(), Error>;

    /// Removes everything in the store behind this cache, also what belongs to other caches.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn clear_store() -> Result<(), Error>;
}
