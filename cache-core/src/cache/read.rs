//! Reading by hand: the value under a key, whether there is one, and for how long.

use super::Cache;
use super::asker::Named;
use super::home::Backing;
use super::inherit::hand_on_of;
use super::tell::{tell_found, why_other};
use crate::clock::Tick;
use crate::error::Error;
use crate::explain::{Found, Level, Miss, Unasked, is_anyone_asking};
use crate::key::{Address, Key, Name};
use crate::policy::{self, Freshness, Options, Ttl};
use crate::record::{Erased, Times};
use crate::stats::Event;
use crate::value::{Keep, Value};

impl Cache {
    /// Returns the value under this key, if there is a live one of this type.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("answer", 42_u64, Options::ttl(60))?;
    /// assert_eq!(cache.blocking().get::<u64>("answer")?, Some(42));
    /// assert_eq!(cache.blocking().get::<String>("answer")?, None, "a number is no text");
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn get<V: Value>(&self, key: impl Into<Key>) -> Result<Option<V>, Error> {
        self.get_kept(&key.into(), V::keep(), None).await
    }

    /// Returns the value under this key, or `default` where there is no live one of this type.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::testing;
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// assert_eq!(cache.blocking().get_or("volume", 7_u8)?, 7);
    /// assert!(!cache.blocking().has("volume")?, "a default is not kept");
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn get_or<V: Value>(&self, key: impl Into<Key>, default: V) -> Result<V, Error> {
        Ok(self.get(key).await?.unwrap_or(default))
    }

    /// Returns the value under this key, if it is simply there and fresh, in this process or near. Counts neither a hit nor a miss.
    #[inline]
    pub(super) fn get_at_once<V>(&self, key: &Key, keep: Keep<V>) -> Option<V> {
        self.get_at(self.address_of(key)?, keep)
    }

    #[inline]
    pub(super) fn get_at<V>(&self, address: Address<'_>, keep: Keep<V>) -> Option<V> {
        match &self.home().backing {
            _ if self.is_off() => None,
            Backing::Memory(store) => store.seek(address, &keep.of)?.read(keep.copy, keep.is_plain),
            Backing::Null | Backing::Outside(_) => self.get_near_at(address, keep),
        }
    }

    pub(crate) async fn get_kept<V>(&self, key: &Key, keep: Keep<V>, site: Option<Named>) -> Result<Option<V>, Error> {
        // As a rule, no name has to be made for it; whoever explains has it looked for by that.
        if !is_anyone_asking()
            && let Some(found) = self.get_at_once(key, keep)
        {
            self.count_for(site, Event::Hit);
            return Ok(Some(found));
        }
        if self.is_off() {
            self.tell_off(site, key, || Unasked::CacheOff);
            return Ok(None);
        }
        let found = self.find_by_name(key, keep, site, true).await?;
        self.count_for(site, if found.is_some() { Event::Hit } else { Event::Miss });
        Ok(found)
    }

    /// Returns the value under this key, and counts neither a hit nor a miss. Nobody is told of it.
    pub(super) async fn find<V>(&self, key: &Key, keep: Keep<V>, site: Option<Named>) -> Result<Option<V>, Error> {
        if self.is_off() {
            return Ok(None);
        }
        match self.get_at_once(key, keep) {
            Some(found) => Ok(Some(found)),
            None => self.find_by_name(key, keep, site, false).await,
        }
    }

    async fn find_by_name<V>(
        &self,
        key: &Key,
        keep: Keep<V>,
        site: Option<Named>,
        is_told: bool,
    ) -> Result<Option<V>, Error> {
        let begin_note = |name: &Name| if is_told { self.begin_note(site, name) } else { None };
        match &self.home().backing {
            Backing::Null => {
                if is_told && is_anyone_asking() {
                    tell_found(begin_note(&self.name_of(key)).as_ref(), || Found::Miss(Miss::Null));
                }
                Ok(None)
            }
            Backing::Memory(store) => {
                let name = self.name_of(key);
                if let Some(note) = begin_note(&name) {
                    let why = |record: &Erased| why_other(record, keep.of);
                    note.found(self.examine((store, Level::Memory), &name, &Options::DEFAULT, why));
                }
                Ok(self.read_live(store.get(&name), &name, keep, site))
            }
            Backing::Outside(backend) => {
                let name = self.name_of(key);
                let note = begin_note(&name);
                self.tell_near(note.as_ref(), &name, &Options::DEFAULT, keep.of);
                if let Some(found) = self.get_near(&name, keep) {
                    return Ok(Some(found));
                }
                self.fetch_value((backend, &name), &self.fingerprints_of(key), keep, (site, note.as_ref())).await
            }
        }
    }

    /// Returns what is near under this name.
    pub(super) fn get_near<V>(&self, name: &Name, keep: Keep<V>) -> Option<V> {
        self.home().near.as_ref()?;
        self.get_near_at(name.address(), keep)
    }

    /// Away from those who have no near level: they are not to pay for it.
    #[inline(never)]
    fn get_near_at<V>(&self, address: Address<'_>, keep: Keep<V>) -> Option<V> {
        let near = self.home().near.as_deref()?;
        let found = near.at_hand()?.seek(address, &keep.of)?.read(keep.copy, keep.is_plain)?;
        near.count_hit();
        Some(found)
    }

    pub(super) fn read_live<V>(
        &self,
        record: Option<Erased>,
        name: &Name,
        keep: Keep<V>,
        site: Option<Named>,
    ) -> Option<V> {
        let record = record.filter(|record| self.is_live(record))?;
        let is_it = record.mark() == name.mark() && !record.is_failure();
        let value = if is_it { (keep.read)(&record) } else { None };
        match value {
            Some(_) => hand_on_of(&record),
            None => self.count_for(site, Event::Foreign),
        }
        value
    }

    pub(crate) fn is_live(&self, record: &Erased) -> bool {
        let now = self.home().clock.now();
        !record.is_failure() && policy::freshness(record.times(), &Options::DEFAULT, now) == Freshness::Fresh
    }

    /// Returns whether there is a live entry under this key, of whatever type.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("token", 1_u8, Options::ttl(60))?;
    /// assert!(cache.blocking().has("token")?);
    /// cache.blocking().delete("token")?;
    /// assert!(!cache.blocking().has("token")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn has(&self, key: impl Into<Key>) -> Result<bool, Error> {
        Ok(self.ttl(key).await?.is_some())
    }

    /// Returns how long the entry under this key is still fresh, or `None` when there is no live one.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, Ttl, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("token", 1_u8, Options::ttl(60))?;
    /// larder.advance(Duration::from_secs(20));
    /// assert_eq!(cache.blocking().ttl("token")?, Some(Ttl::For(Duration::from_secs(40))));
    /// larder.advance(Duration::from_secs(40));
    /// assert_eq!(cache.blocking().ttl("token")?, None);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn ttl(&self, key: impl Into<Key>) -> Result<Option<Ttl>, Error> {
        let key = key.into();
        let name = self.name_of(&key);
        match &self.home().backing {
            _ if self.is_off() => Ok(None),
            Backing::Null => Ok(None),
            Backing::Memory(store) => {
                let record = store.peek(&name).filter(|record| self.is_live(record));
                Ok(record.map(|record| remaining(record.times(), self.home().clock.now())))
            }
            Backing::Outside(backend) => self.ttl_outside(backend, &name, &self.fingerprints_of(&key)).await,
        }
    }
}

pub(super) fn remaining(times: Times, now: Tick) -> Ttl {
    if times.fresh_until == Tick::NEVER { Ttl::Forever } else { Ttl::For(times.fresh_until.since(now)) }
}
