//! Everything an attribute does, by hand: reading, writing, counting.

use std::convert::Infallible;
use std::future::Future;

use super::asker::Named;
use super::draw::draw;
use super::home::Backing;
use super::load::{Body, Bound};
use super::rules::{Rules, Share, kept_with};
use super::{Cache, look};
use crate::clock::Tick;
use crate::error::{Error, Kind};
use crate::flight::{Change, Token};
use crate::key::{Key, Name};
use crate::policy::{self, Freshness, Options, Ttl};
use crate::record::{Erased, Times};
use crate::stats::Event;
use crate::store::{Inserted, Store};
use crate::value::{Keep, Lying, Value};

impl Cache {
    /// Returns the value under this key; on a miss runs `body` once for all who ask, and keeps what it returns.
    ///
    /// Trouble with the store never shows: it is counted and logged, and the body runs. It has no time limit unless
    /// there is a value past its time to answer with: see [`Options::hard_timeout`].
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let sum = testing::block_on(cache.get_or_load("sum", Options::ttl(60), || async { 40 + 2 }));
    /// assert_eq!(sum, 42);
    /// ```
    pub async fn get_or_load<V, F, Fut>(&self, key: impl Into<Key>, options: impl Into<Options>, body: F) -> V
    where
        V: Value,
        F: FnOnce() -> Fut,
        Fut: Future<Output = V>,
    {
        let rules: Rules<V, Infallible> = Rules::new(V::keep(), options.into());
        let body = Bound(|| async { Ok(body().await) });
        match self.load_by_hand(&key.into(), &rules, body).await {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// Returns the value under this key; on a miss runs `body` once for all who ask, and keeps what it returns, unless
    /// that is an error.
    ///
    /// An error goes to the caller whose body met it; the others run their own bodies then, all at once. Where the
    /// error is `Clone`, [`try_get_or_load_shared`](Self::try_get_or_load_shared) hands one error to all. A time limit
    /// never becomes an error here: see [`Options::hard_timeout`].
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let answer = cache.blocking().try_get_or_load("answer", Options::ttl(60), || "42".parse::<u64>());
    /// assert_eq!(answer, Ok(42));
    /// let wrong = cache.blocking().try_get_or_load("wrong", Options::ttl(60), || "x".parse::<u64>());
    /// assert!(wrong.is_err() && !cache.blocking().has("wrong")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the body.
    pub async fn try_get_or_load<V, E, F, Fut>(
        &self,
        key: impl Into<Key>,
        options: impl Into<Options>,
        body: F,
    ) -> Result<V, E>
    where
        V: Value,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        self.load_by_hand(&key.into(), &Rules::new(V::keep(), options.into()), Bound(body)).await
    }

    /// Does the same as [`try_get_or_load`](Self::try_get_or_load), and hands one error to all who wait for it.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let away = || Err::<u8, _>("the source is away");
    /// assert_eq!(cache.blocking().try_get_or_load_shared("key", Options::ttl(60), away), Err("the source is away"));
    /// // It is handed out, and not kept: the next caller tries again.
    /// assert_eq!(cache.blocking().try_get_or_load_shared("key", Options::ttl(60), || Ok::<u8, &str>(1)), Ok(1));
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the body.
    pub async fn try_get_or_load_shared<V, E, F, Fut>(
        &self,
        key: impl Into<Key>,
        options: impl Into<Options>,
        body: F,
    ) -> Result<V, E>
    where
        V: Value,
        E: Clone + Send + Sync + 'static,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let mut rules = Rules::new(V::keep(), options.into());
        rules.share = Some(Share::BY_CLONE);
        self.load_by_hand(&key.into(), &rules, Bound(body)).await
    }

    async fn load_by_hand<V, E>(&self, key: &Key, rules: &Rules<V, E>, body: impl Body<V, E>) -> Result<V, E> {
        if self.is_off() {
            self.counters().count(Event::Bypassed);
            return body.run().await;
        }
        match look(self, None, self.scope().name(key), rules) {
            Ok(outcome) => outcome,
            Err(load) => load.run(body).await,
        }
    }

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

    pub(crate) async fn get_kept<V>(&self, key: &Key, keep: Keep<V>, site: Option<Named>) -> Result<Option<V>, Error> {
        if self.is_off() {
            return Ok(None);
        }
        let name = self.scope().name(key);
        let found = match &self.home().backing {
            Backing::Null => None,
            Backing::Memory(store) => self
                .read_fresh(store, &name, &keep)
                .or_else(|| self.read_live(store.get(name.as_bytes()), &name, keep, site)),
            Backing::Outside(backend) => self.fetch_value(&**backend, &name, keep, site).await?,
        };
        self.count_for(site, if found.is_some() { Event::Hit } else { Event::Miss });
        Ok(found)
    }

    /// Reads a value that is there and fresh, where it lies if its copies are harmless.
    fn read_fresh<V>(&self, store: &Store, name: &Name, keep: &Keep<V>) -> Option<V> {
        let found = store.seek(name.as_bytes(), name.mark(), self.home().clock.now())?;
        match found.lying()? {
            Lying::Record(record) => {
                let record = Erased::clone(record);
                drop(found);
                (keep.copy)(Lying::Record(&record))
            }
            lying @ Lying::Column(..) => (keep.copy)(lying),
        }
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
        if value.is_none() {
            self.count_for(site, Event::Foreign);
        }
        value
    }

    pub(crate) fn is_live(&self, record: &Erased) -> bool {
        let now = self.home().clock.now();
        !record.is_failure() && policy::freshness(record.times(), &Options::DEFAULT, now) == Freshness::Fresh
    }

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
        self.set_kept(&key.into(), value, V::keep(), options.into()).await
    }

    pub(crate) async fn set_kept<V>(&self, key: &Key, value: V, keep: Keep<V>, options: Options) -> Result<(), Error> {
        let name = self.scope().name(key);
        match &self.home().backing {
            _ if self.is_off() => self.delete_name(&name).await.map(|_| ()),
            Backing::Null => Ok(()),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, keep, options);
                self.put(store, &name, record, bytes)
            }
            Backing::Outside(backend) => self.send_value(&**backend, &name, &value, keep, options).await,
        }
    }

    /// Keeps a value only where there is no live one, and says whether it did. A live one keeps its value and time.
    ///
    /// Outside the process, in a store without conditional fills, so does one that was kept past its time.
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
        let (name, options) = (self.scope().name(&key.into()), options.into());
        match &self.home().backing {
            _ if self.is_off() => Ok(true),
            Backing::Null => Ok(true),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, V::keep(), options);
                self.put_where_none_lives(store, &name, record, bytes)
            }
            Backing::Outside(backend) => self.add_value(&**backend, &name, &value, V::keep(), options).await,
        }
    }

    /// Keeps a value whatever is there, unless that was changed since the token was taken; says whether it is kept.
    pub(crate) async fn set_since<V>(
        &self,
        token: &Token,
        key: &Key,
        value: V,
        keep: Keep<V>,
        options: Options,
    ) -> Result<bool, Error> {
        let name = self.scope().name(key);
        match &self.home().backing {
            _ if self.is_off() => self.delete_name(&name).await.map(|_| true),
            Backing::Null => Ok(true),
            Backing::Memory(store) => {
                let (record, bytes) = self.record(&name, value, keep, options);
                let Some(record) = record else { return self.delete_name(&name).await.map(|_| true) };
                // What is not kept is dropped outside of the lock: that runs code of its author.
                let mut record = Some(record);
                let change = || record.take().map(|record| store.insert(name.as_bytes(), record, bytes));
                let inserted = token.change(change).flatten();
                inserted.map_or(Ok(false), |inserted| accepted(&inserted, &name).map(|()| true))
            }
            Backing::Outside(_) if token.redeem(|| ()).is_none() => Ok(false),
            Backing::Outside(backend) => self.send_value(&**backend, &name, &value, keep, options).await.map(|()| true),
        }
    }

    /// Makes the record of a value written by hand; `None` where its time is zero.
    fn record<V>(&self, name: &Name, value: V, keep: Keep<V>, options: Options) -> (Option<Erased>, u64) {
        let bytes = (keep.bytes)(&value);
        let times = policy::times(&options, self.usual_time(), draw(&options), self.home().clock.now());
        (times.map(|times| kept_with(keep, &options).record(name.mark(), times, value)), bytes)
    }

    fn put(&self, store: &Store, name: &Name, record: Option<Erased>, bytes: u64) -> Result<(), Error> {
        let Some(record) = record else {
            drop(self.home().flights.change(name.as_bytes(), || (store.remove(name.as_bytes()), Change::New)));
            return Ok(());
        };
        let inserted =
            self.home().flights.change(name.as_bytes(), || (store.insert(name.as_bytes(), record, bytes), Change::New));
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
            there = store.peek(name.as_bytes());
            if there.as_ref().is_some_and(|there| self.is_live(there)) {
                return (None, Change::Same);
            }
            // A time of zero adds what is gone at once: whoever asks was the first, and finds nothing.
            let inserted = record.take().map(|record| store.insert(name.as_bytes(), record, bytes));
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
        self.delete_name(&self.scope().name(&key.into())).await
    }

    pub(crate) async fn delete_name(&self, name: &Name) -> Result<bool, Error> {
        self.counters().count(Event::Invalidated);
        let flights = &self.home().flights;
        match &self.home().backing {
            Backing::Null => Ok(false),
            Backing::Memory(store) => {
                let removed = flights.change(name.as_bytes(), || (store.remove(name.as_bytes()), Change::New));
                Ok(removed.is_some_and(|taken| self.home().clock.now() < taken.fresh_until))
            }
            Backing::Outside(backend) => self.remove_outside(&**backend, name).await,
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
    /// When the store fails.
    pub async fn touch(&self, key: impl Into<Key>, ttl: Ttl) -> Result<bool, Error> {
        let name = self.scope().name(&key.into());
        let times = policy::times(&Options::DEFAULT.with_ttl(ttl), self.usual_time(), 0.0, self.home().clock.now());
        let Some(times) = times else { return self.delete_name(&name).await };
        match &self.home().backing {
            _ if self.is_off() => Ok(false),
            Backing::Null => Ok(false),
            Backing::Memory(store) => {
                let touch = || (store.restamp(name.as_bytes(), times.fresh_until, times.kept_until), Change::Same);
                Ok(self.home().flights.change(name.as_bytes(), touch))
            }
            Backing::Outside(backend) => self.touch_outside(&**backend, &name, times).await,
        }
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
        let name = self.scope().name(&key.into());
        match &self.home().backing {
            _ if self.is_off() => Ok(None),
            Backing::Null => Ok(None),
            Backing::Memory(store) => {
                let record = store.peek(name.as_bytes()).filter(|record| self.is_live(record));
                Ok(record.map(|record| remaining(record.times(), self.home().clock.now())))
            }
            Backing::Outside(backend) => self.ttl_outside(&**backend, &name).await,
        }
    }
}

pub(super) fn remaining(times: Times, now: Tick) -> Ttl {
    if times.fresh_until == Tick::NEVER { Ttl::Forever } else { Ttl::For(times.fresh_until.since(now)) }
}

fn accepted(inserted: &Inserted, name: &Name) -> Result<(), Error> {
    if inserted.refused {
        let context = format!("the value for `{name}` is larger than its whole cache may be");
        return Err(Error::new(Kind::TooLarge, context));
    }
    Ok(())
}
