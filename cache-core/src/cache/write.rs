//! Writing by hand: another value under a key, none any more, or another time.

use super::Cache;
use super::draw::draw;
use super::home::Backing;
use super::judge::bonded;
use super::outside::Unsent;
use super::rules::kept_with;
use crate::backend::Ticket;
use crate::error::{Error, Kind};
use crate::flight::{Change, Token};
use crate::key::{Key, Name};
use crate::policy::{self, Options, Ttl};
use crate::record::{Erased, Times};
use crate::stats::Event;
use crate::store::{Inserted, Store};
use crate::tags::Bonds;
use crate::value::{Keep, Value};

impl Cache {
    /// Keeps a value under this key, whatever was there before. A time of zero keeps nothing, and removes what was.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("greeting", "hello".to_owned(), Options::forever())?;
    /// assert_eq!(cache.blocking().get("greeting")?, Some("hello".to_owned()));
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails, or the value is over its limit: then nothing is under this key any more.
    pub async fn set<V: Value>(&self, key: impl Into<Key>, value: V, options: impl Into<Options>) -> Result<(), Error> {
        let key = key.into();
        self.set_kept(&key, value, V::keep(), options.into(), self.bonds(&key)).await
    }

    pub(crate) async fn set_kept<V>(
        &self,
        key: &Key,
        value: V,
        keep: Keep<V>,
        options: Options,
        bonds: Option<Bonds>,
    ) -> Result<(), Error> {
        let name = self.name_of(key);
        self.note_change(&name);
        match &self.home().backing {
            _ if self.is_off() => self.delete_name(&name).await.map(|_| ()),
            Backing::Null => Ok(()),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, keep, options, bonds);
                self.put(store, &name, record, bytes)
            }
            Backing::Outside(backend) => {
                let unsent = Unsent::begin(self.home(), backend, &name);
                let tags = self.versions_of(backend, key, bonds.as_ref()).await;
                unsent.sent();
                self.send_value(backend, &name, (&value, keep, options), tags, None).await.map(drop)
            }
        }
    }

    /// Keeps a value only where there is no live one, and says whether it did. A live one keeps its value and time.
    ///
    /// Outside the process, in a store without conditional fills, so does one that was kept past its time. Of callers who
    /// add at once one wins, in every store that claims atomic adding or conditional fills; in another, several may.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// assert!(cache.blocking().add("lock", 1_u8, Options::ttl(10))?);
    /// assert!(!cache.blocking().add("lock", 2_u8, Options::ttl(10))?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails, or the value is over its limit.
    pub async fn add<V: Value>(
        &self,
        key: impl Into<Key>,
        value: V,
        options: impl Into<Options>,
    ) -> Result<bool, Error> {
        let (key, options) = (key.into(), options.into());
        let name = self.name_of(&key);
        match &self.home().backing {
            _ if self.is_off() => Ok(true),
            Backing::Null => Ok(true),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, V::keep(), options, self.bonds(&key));
                self.put_where_none_lives(store, &name, record, bytes)
            }
            Backing::Outside(backend) => self.add_value(backend, (&key, &name), &value, V::keep(), options).await,
        }
    }

    /// Keeps a value whatever is there, unless that was changed since the token was taken, and the ticket of its store, if
    /// there is one; says whether it is kept.
    pub(crate) async fn set_since<V>(
        &self,
        (token, ticket): (&Token, Option<Ticket>),
        key: &Key,
        value: V,
        keep: Keep<V>,
        options: Options,
        bonds: Option<Bonds>,
    ) -> Result<bool, Error> {
        let name = self.name_of(key);
        self.note_change(&name);
        match &self.home().backing {
            _ if self.is_off() => self.delete_name(&name).await.map(|_| true),
            Backing::Null => Ok(true),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, keep, options, bonds);
                let Some(record) = record else { return self.delete_name(&name).await.map(|_| true) };
                // What is not kept is dropped outside of the lock: that runs code of its author.
                let mut record = Some(record);
                let change = || record.take().map(|record| store.insert(&name, record, bytes));
                let inserted = token.change(change).flatten();
                inserted.map_or(Ok(false), |inserted| accepted(&inserted, &name).map(|()| true))
            }
            Backing::Outside(backend) => {
                let Some(tags) = self.versions_since(backend, key, bonds.as_ref()).await.transpose() else {
                    return Ok(false);
                };
                // Asking for them took a while.
                if bonds.is_some_and(|bonds| bonds.are_cut()) || token.redeem(|| ()).is_none() {
                    return Ok(false);
                }
                self.send_value(backend, &name, (&value, keep, options), tags, ticket.as_ref()).await
            }
        }
    }

    /// Makes the record of a value written by hand; `None` where its time is zero.
    fn record<V>(
        &self,
        name: &Name,
        value: V,
        keep: Keep<V>,
        options: Options,
        bonds: Option<Bonds>,
    ) -> (Option<Erased>, u64) {
        let bytes = self.home().weigh(|| (keep.bytes)(&value));
        let times = policy::times(&options, self.usual_time(), draw(&options), self.home().clock.now());
        (times.map(|times| bonded(kept_with(keep, &options).record(name.mark(), times, value), bonds)), bytes)
    }

    /// Returns what binds an entry that is new from now on to the tags of its key.
    pub(crate) fn bonds(&self, key: &Key) -> Option<Bonds> {
        Bonds::new(self.home().tags.now(), self.tags_of(key))
    }

    fn put(&self, store: &Store, name: &Name, record: Option<Erased>, bytes: u64) -> Result<(), Error> {
        let Some(record) = record else {
            drop(self.home().flights.change(name.as_bytes(), || (store.remove(name), Change::New)));
            return Ok(());
        };
        let inserted = self.home().flights.change(name.as_bytes(), || (store.insert(name, record, bytes), Change::New));
        accepted(&inserted, name)
    }

    fn put_where_none_lives(
        &self,
        store: &Store,
        name: &Name,
        record: Option<Erased>,
        bytes: u64,
    ) -> Result<bool, Error> {
        // What is not kept, and what was there, is dropped outside of the lock: that runs code of its author.
        let (mut record, mut there) = (record, None);
        let added = self.home().flights.change(name.as_bytes(), || {
            there = store.peek(name);
            if there.as_ref().is_some_and(|there| self.is_live(there)) {
                return (None, Change::Same);
            }
            // A time of zero adds what is gone at once: whoever asks was the first, and finds nothing.
            let inserted = record.take().map(|record| store.insert(name, record, bytes));
            (Some(inserted), Change::New)
        });
        match added {
            None => Ok(false),
            Some(inserted) => inserted.map_or(Ok(()), |inserted| accepted(&inserted, name)).map(|()| true),
        }
    }

    /// Removes the entry under this key, and says whether there was a live one.
    ///
    /// A load under way is not kept: what it read before is handed to its callers and forgotten. Outside the process,
    /// an entry that was kept past its time counts as one.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::forever())?;
    /// assert!(cache.blocking().delete("key")?);
    /// assert!(!cache.blocking().delete("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn delete(&self, key: impl Into<Key>) -> Result<bool, Error> {
        self.delete_name(&self.name_of(&key.into())).await
    }

    pub(crate) async fn delete_name(&self, name: &Name) -> Result<bool, Error> {
        self.note_change(name);
        self.counters().count(Event::Invalidated);
        let flights = &self.home().flights;
        match &self.home().backing {
            Backing::Null => Ok(false),
            Backing::Memory(store) => {
                let removed = flights.change(name.as_bytes(), || (store.remove(name), Change::New));
                Ok(removed.is_some_and(|taken| taken.was_fresh(self.home().clock.now())))
            }
            Backing::Outside(backend) => self.remove_outside(backend, name).await,
        }
    }

    /// Forgets what is in this process under a key, for whoever deletes that next, and counts it then. Work that this
    /// is part of deletes it once more at its end, wherever it is kept.
    pub(crate) fn forget_here(&self, key: &Key) {
        let name = self.name_of(key);
        self.note_change(&name);
        if let Backing::Memory(store) = &self.home().backing {
            drop(self.home().flights.change(name.as_bytes(), || (store.remove(&name), Change::New)));
        }
    }

    /// Gives a live entry another time from now on, and says whether there was one. What has expired stays expired.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Ttl, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::ttl(10))?;
    /// assert!(cache.blocking().touch("key", Ttl::Forever)?);
    /// assert_eq!(cache.blocking().ttl("key")?, Some(Ttl::Forever));
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails, and [`Kind::Unsupported`] for a bare number in a store that can neither change a time nor tell
    /// when somebody else was first: it would lose counts.
    pub async fn touch(&self, key: impl Into<Key>, ttl: Ttl) -> Result<bool, Error> {
        let key = key.into();
        let name = self.name_of(&key);
        let times = policy::times(&Options::DEFAULT.with_ttl(ttl), self.usual_time(), 0.0, self.home().clock.now());
        let Some(times) = times else { return self.delete_name(&name).await };
        match &self.home().backing {
            _ if self.is_off() => Ok(false),
            Backing::Null => Ok(false),
            Backing::Memory(store) => {
                let touch = || (restamp(store, &name, times), Change::Same);
                Ok(self.home().flights.change(name.as_bytes(), touch).0)
            }
            Backing::Outside(backend) => self.touch_outside(backend, &name, &self.fingerprints_of(&key), times).await,
        }
    }
}

/// Gives a value other times, but no failure that is kept: that has its own. What was looked at is handed out, to be
/// dropped outside of locks.
fn restamp(store: &Store, name: &Name, times: Times) -> (bool, Option<Erased>) {
    let record = store.peek(name);
    let is_value = record.as_ref().is_some_and(|record| !record.is_failure());
    (is_value && store.restamp(name, times.fresh_until, times.kept_until), record)
}

fn accepted(inserted: &Inserted, name: &Name) -> Result<(), Error> {
    if inserted.refused {
        let context = format!("the value for `{name}` is larger than its whole cache may be");
        return Err(Error::new(Kind::TooLarge, context));
    }
    Ok(())
}
