//! Many entries in one call, and all of them.

use std::collections::BTreeSet;

use super::Cache;
use super::home::{Backing, Outside};
use crate::error::{Error, Kind};
use crate::key::Key;
use crate::policy::Options;
use crate::value::Value;

impl Cache {
    /// Returns the values under these keys, in their order: `None` where there is no live one of this type.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("a", 1_u8, Options::ttl(60))?;
    /// assert_eq!(cache.blocking().get_many::<u8>(["a", "b"])?, [Some(1), None]);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn get_many<V: Value>(
        &self,
        keys: impl IntoIterator<Item = impl Into<Key>>,
    ) -> Result<Vec<Option<V>>, Error> {
        if let Some(backend) = self.backend_for_many() {
            let keys: Vec<Key> = keys.into_iter().map(Into::into).collect();
            let names: Vec<_> = keys.iter().map(|key| self.name_of(key)).collect();
            let tags: BTreeSet<_> = keys.iter().flat_map(|key| self.fingerprints_of(key)).collect();
            let tags: Vec<_> = tags.into_iter().collect();
            return self.fetch_many(backend, &names, &tags, V::keep()).await;
        }
        let mut values = Vec::new();
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    /// Keeps these values, and returns the keys of those that the store did not take, each with the reason.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Kind, Options, Settings, testing};
    ///
    /// let larder = testing::isolated_with([("small", Settings::memory().max_bytes(100))])?;
    /// let cache = larder.cache("small");
    /// let entries = [("a", "short".to_owned()), ("b", "long".repeat(100))];
    /// let failed = cache.blocking().set_many(entries, Options::ttl(60));
    /// assert_eq!(failed.len(), 1);
    /// assert_eq!((failed[0].0.as_str(), failed[0].1.kind()), ("b", Kind::TooLarge));
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub async fn set_many<V: Value>(
        &self,
        entries: impl IntoIterator<Item = (impl Into<Key>, V)>,
        options: impl Into<Options>,
    ) -> Vec<(Key, Error)> {
        let (options, entries) = (options.into(), entries.into_iter().map(|(key, value)| (key.into(), value)));
        if let Some(backend) = self.backend_for_many() {
            return self.send_many(backend, entries.collect(), V::keep(), &options).await;
        }
        let mut failed = Vec::new();
        for (key, value) in entries {
            if let Err(error) = self.set(&key, value, options).await {
                failed.push((key, error));
            }
        }
        failed
    }

    /// Removes the entries under these keys, and says how many live ones there were.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set_many([("a", 1_u8), ("b", 2)], Options::ttl(60));
    /// assert_eq!(cache.blocking().delete_many(["a", "b", "c"])?, 2);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn delete_many(&self, keys: impl IntoIterator<Item = impl Into<Key>>) -> Result<u64, Error> {
        if let Some(backend) = self.backend_for_many() {
            let names: Vec<_> = keys.into_iter().map(|key| self.name_of(&key.into())).collect();
            return self.remove_many(backend, &names).await;
        }
        let mut removed = 0;
        for key in keys {
            removed += u64::from(self.delete(key).await?);
        }
        Ok(removed)
    }

    /// Returns the store that is asked for many in one go.
    fn backend_for_many(&self) -> Option<&Outside> {
        match &self.home().backing {
            Backing::Outside(backend) if !self.is_off() => Some(backend),
            _ => None,
        }
    }

    /// Removes all entries of this cache's prefix and version, and none of its neighbours in the same store.
    ///
    /// Other processes see it at once too; where the store cannot tell the entries of one cache from others
    /// ([`Capabilities::clear_scope`](crate::backend::Capabilities::clear_scope)), within a second, and in bodies at once:
    /// there each entry has a number in its name that is drawn anew, and what was cleared leaves when its time is over or when
    /// room is needed.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let next = cache.at_version(2)?;
    /// cache.blocking().set("key", 1_u8, Options::ttl(60))?;
    /// next.blocking().set("key", 2_u8, Options::ttl(60))?;
    /// cache.blocking().clear()?;
    /// assert!(!cache.blocking().has("key")? && next.blocking().has("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails, or cannot tell this cache's entries from others since a key function names them.
    pub async fn clear(&self) -> Result<(), Error> {
        let Some(start) = self.start() else {
            return Err(Error::new(
                Kind::Unsupported,
                format!(
                    "the entries of `{}` are named by a key function: only `clear_store` can clear them",
                    self.name()
                ),
            ));
        };
        self.note_clear(&start);
        let home = self.home();
        match &home.backing {
            Backing::Null => {}
            Backing::Memory(store) => {
                let concerns = |name: &[u8]| name.starts_with(start.as_bytes());
                let remove = || store.remove_starting_with(self.scope(), self.own_start());
                drop(home.flights.remove_all(concerns, remove));
            }
            Backing::Outside(backend) => self.clear_outside(backend, &start).await?,
        }
        Ok(())
    }

    /// Removes everything in the store behind this cache, also what belongs to other caches.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let next = cache.at_version(2)?;
    /// next.blocking().set("key", 2_u8, Options::ttl(60))?;
    /// cache.blocking().clear_store()?;
    /// assert!(!next.blocking().has("key")?, "the other version lives in the same store");
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn clear_store(&self) -> Result<(), Error> {
        let home = self.home();
        match &home.backing {
            Backing::Null => {}
            Backing::Memory(store) => drop(home.flights.remove_all(|_| true, || store.clear())),
            Backing::Outside(backend) => self.clear_store_outside(backend).await?,
        }
        Ok(())
    }
}
