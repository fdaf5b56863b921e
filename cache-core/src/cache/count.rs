//! Counting in the cache: atomic, on every store, without touching the time an entry has left.

use std::fmt::Display;

use super::Cache;
use super::home::Backing;
use super::judge::bonded;
use crate::error::{Error, Kind};
use crate::flight::{Change, Token};
use crate::key::{Key, Name};
use crate::policy::Options;
use crate::record::Erased;
use crate::store::Store;
use crate::tags::Bonds;
use crate::value::Value;

impl Cache {
    /// Adds to the number under this key and returns the sum. The entry keeps the time it has left.
    ///
    /// Numbers are `i64`; begin one with [`add`](Self::add), which leaves a running count alone.
    ///
    /// Outside the process a count is bare digits, which servers count with. What an attribute keeps, and what may be
    /// served past its time, carries more than digits there and is no number to count with. A store that cannot count, but
    /// tells when somebody else was first, is asked to replace one number by the next, and no count is lost there either; so
    /// is what has tags, or is in a namespace.
    ///
    /// # Errors
    ///
    /// [`Kind::Missing`] without a live entry, [`Kind::NotANumber`] where it holds something else, and
    /// [`Kind::Overflow`] where the sum would leave `i64`; the entry then stays as it is. [`Kind::Unsupported`] from a
    /// store that can do neither.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().add("visits", 0_i64, Options::ttl(60))?;
    /// assert_eq!(cache.blocking().incr("visits", 5)?, 5);
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub async fn incr(&self, key: impl Into<Key>, delta: i64) -> Result<i64, Error> {
        let key = key.into();
        let name = self.name_of(&key);
        match &self.home().backing {
            _ if self.is_off() => Err(missing(&key)),
            Backing::Null => Err(missing(&key)),
            Backing::Memory(store) => self.incr_here(store, &name, &key, delta),
            Backing::Outside(backend) => self.incr_outside(backend, (&key, &name), delta).await,
        }
    }

    /// Takes from the number under this key and returns what is left, which may be less than nothing.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().add("left", 3_i64, Options::ttl(60))?;
    /// assert_eq!(cache.blocking().decr("left", 5)?, -2);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`incr`](Self::incr).
    pub async fn decr(&self, key: impl Into<Key>, delta: i64) -> Result<i64, Error> {
        let key = key.into();
        let delta = delta.checked_neg().ok_or_else(|| overflow(&key))?;
        self.incr(key, delta).await
    }

    fn incr_here(&self, store: &Store, name: &Name, key: &Key, delta: i64) -> Result<i64, Error> {
        // What was there is dropped outside of the lock: that runs code of its author.
        let mut there = None;
        let counted = self.home().flights.change(name.as_bytes(), || {
            there = store.peek(name);
            let live = there.as_ref().filter(|record| self.is_live(record));
            match live.ok_or_else(|| missing(key)).and_then(|record| sum(record, key, delta)) {
                Err(error) => (Err(error), Change::Same),
                Ok((record, sum)) => {
                    (Ok((sum, store.insert(name, record, self.home().weigh(|| size_of::<i64>() as u64)))), Change::New)
                }
            }
        });
        counted.map(|(sum, _)| sum)
    }

    /// Moves an entry from this handle's version to a later one, with the time it has left, and returns that version.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("draft", "text".to_owned(), Options::ttl(60))?;
    /// let version = testing::block_on(cache.incr_version::<String>("draft", 1))?;
    /// let later = cache.at_version(version)?;
    /// assert!(!cache.blocking().has("draft")? && later.blocking().has("draft")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Kind::Missing`] without a live entry of this type, [`Kind::NotANumber`] where the version of this handle is
    /// not a number, [`Kind::Overflow`] where the new one would leave `i64`, and the store's own.
    pub async fn incr_version<V: Value>(&self, key: impl Into<Key>, delta: i64) -> Result<i64, Error> {
        let key = key.into();
        let version: i64 = self.version().parse().map_err(|_| {
            Error::new(
                Kind::NotANumber,
                format!("the version `{}` of `{}` is not a number", self.version(), self.name()),
            )
        })?;
        let next = version.checked_add(delta).ok_or_else(|| overflow(&key))?;
        let token = self.home().flights.token(self.name_of(&key).as_bytes());
        let bonds = self.bonds_of(&key).await?;
        let value = self.get::<V>(&key).await?.ok_or_else(|| missing(&key))?;
        let ttl = self.ttl(&key).await?.ok_or_else(|| missing(&key))?;
        if next != version {
            let there = self.at_version(next)?;
            there.set_kept(&key, value, V::keep(), Options::DEFAULT.with_ttl(ttl), bonds).await?;
            if !self.take_back(&key, &token).await? {
                // Somebody has changed it on the way.
                there.delete(&key).await?;
                return Err(missing(&key));
            }
        }
        Ok(next)
    }

    /// Removes the entry under this key, unless somebody has changed it since the token was taken.
    async fn take_back(&self, key: &Key, token: &Token) -> Result<bool, Error> {
        match &self.home().backing {
            Backing::Memory(store) => Ok(token.change(|| store.remove(&self.name_of(key))).flatten().is_some()),
            _ if token.redeem(|| ()).is_none() => Ok(false),
            _ => self.delete(key).await,
        }
    }

    /// Returns what binds the entry under this key to its tags.
    async fn bonds_of(&self, key: &Key) -> Result<Option<Bonds>, Error> {
        match &self.home().backing {
            Backing::Null => Ok(None),
            Backing::Memory(store) => Ok(store.peek(&self.name_of(key)).and_then(|record| record.bonds().cloned())),
            Backing::Outside(backend) => self.bonds_outside(backend, key).await,
        }
    }

    /// Moves an entry from this handle's version to an earlier one, with the time it has left, and returns that version.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let later = cache.at_version(3)?;
    /// later.blocking().set("draft", 1_u8, Options::ttl(60))?;
    /// assert_eq!(testing::block_on(later.decr_version::<u8>("draft", 1))?, 2);
    /// assert!(cache.at_version(2)?.blocking().has("draft")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`incr_version`](Self::incr_version).
    pub async fn decr_version<V: Value>(&self, key: impl Into<Key>, delta: i64) -> Result<i64, Error> {
        let key = key.into();
        let delta = delta.checked_neg().ok_or_else(|| overflow(&key))?;
        self.incr_version::<V>(key, delta).await
    }
}

/// Makes the record that follows: the same mark, the same times, another number.
fn sum(record: &Erased, key: &Key, delta: i64) -> Result<(Erased, i64), Error> {
    let number: &i64 = record.value.downcast_ref().ok_or_else(|| not_a_number(key))?;
    let sum = number.checked_add(delta).ok_or_else(|| overflow(key))?;
    let next = i64::keep().record(record.mark(), record.times(), sum);
    Ok((bonded(next, record.bonds().cloned()), sum))
}

pub(super) fn missing(key: &impl Display) -> Error {
    Error::new(Kind::Missing, format!("there is no live entry under `{key}`: begin it with `add`"))
}

pub(super) fn not_a_number(key: &impl Display) -> Error {
    Error::new(Kind::NotANumber, format!("the entry under `{key}` holds no `i64`"))
}

pub(super) fn overflow(key: &impl Display) -> Error {
    Error::new(Kind::Overflow, format!("counting `{key}` further would leave the range of `i64`"))
}
