//! Loads by hand: what an attribute does, with a key and options that the caller says.

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::Future;

use super::Cache;
use super::load::Next;
use super::look::{look, seek};
use super::rules::{Rules, Share};
use super::run::{Run, Running};
use crate::explain::{Unasked, is_anyone_asking};
use crate::key::Key;
use crate::policy::Options;
use crate::stats::Event;
use crate::value::Value;

impl Cache {
    /// Returns the value under this key; on a miss runs `body` once for all who ask, and keeps what it returns.
    ///
    /// Whatever it returns, an `Err` too: for a body that can fail there is [`try_get_or_load`](Self::try_get_or_load).
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
        match self.load_by_hand(key.into(), &rules, body, Ok).await {
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
        self.load_by_hand(key.into(), &Rules::new(V::keep(), options.into()), body, |outcome| outcome).await
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
        self.load_by_hand(key.into(), &shared(options.into()), body, |outcome| outcome).await
    }

    async fn load_by_hand<V, E, F, Fut>(
        &self,
        key: Key,
        rules: &Rules<V, E>,
        body: F,
        split: fn(Fut::Output) -> Result<V, E>,
    ) -> Result<V, E>
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        if let Some(found) = self.found_by_hand(&key, rules) {
            return Ok(found);
        }
        match self.begin_by_hand(key, rules).await {
            Next::Found(outcome) | Next::Done(outcome) => outcome,
            Next::Run(run) => {
                let (run, outcome) = Running::new(run, Box::pin(body())).await;
                run.end(outcome.map(split)).await
            }
        }
    }

    /// Returns what is simply there and fresh: as for a function with an attribute, no name is made for it.
    #[inline]
    pub(super) fn found_by_hand<V, E>(&self, key: &Key, rules: &Rules<V, E>) -> Option<V> {
        if is_anyone_asking() || self.is_off() {
            return None;
        }
        let found = seek(self, self.address_of(key)?, &rules.keep.of, &rules.options)?;
        let value = found.read(rules.keep.copy, rules.keep.is_plain)?;
        self.home().count_near_hit();
        self.count(Event::Hit);
        Some(value)
    }

    /// Finds out what a caller by hand is to do who did not find it at once.
    pub(super) async fn begin_by_hand<V, E>(&self, key: Key, rules: &Rules<V, E>) -> Next<V, E> {
        if self.is_off() {
            self.counters().count(Event::Bypassed);
            self.hand_on_tags_of(&key);
            return Next::Run(Run::Bare(self.bare_since_off(None, Unasked::CacheOff, || self.name_of(&key))));
        }
        match look(Cow::Owned(self.clone()), None, self.name_of(&key), rules) {
            Ok(outcome) => Next::Found(outcome),
            Err(load) => Box::new(load.with_tags_of(&key)).next().await,
        }
    }
}

/// Rules for loads whose errors are handed to all who wait.
pub(super) fn shared<V: Value, E: Clone + Send + Sync + 'static>(options: Options) -> Rules<V, E> {
    let mut rules = Rules::new(V::keep(), options);
    rules.share = Some(Share::BY_CLONE);
    rules
}
