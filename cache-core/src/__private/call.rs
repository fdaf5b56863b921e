//! One call of an annotated function: look, and on a miss load.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use super::entry::Entry;
use super::outcome::{Nullable, Outcome};
use super::probe::{Sharing, Spare};
use crate::cache::{self, Asker, Body, Bound, Cache, Ending, ErrorTtl, Load, NoneTtl, Rules};
use crate::error::Error;
use crate::executor::Task;
use crate::flight::{Leader, Link, Scoped};
use crate::key::{Key, KeyWriter};
use crate::registry::Site;
use crate::stats::{Event, Stats};
use crate::value::{Keep, LocalValue};

/// What an expansion knows of its site, with the types of the function it stands on.
pub struct Call<R: Outcome<KIND>, const KIND: u8> {
    site: &'static Site,
    rules: Rules<R::Kept, R::Error>,
}

impl<R: Outcome<KIND>, const KIND: u8> Clone for Call<R, KIND> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Outcome<KIND>, const KIND: u8> Copy for Call<R, KIND> {}

/// What the attribute says.
impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    #[must_use]
    #[inline]
    pub fn new(site: &'static Site, keep: Keep<R::Kept>) -> Self {
        let mut rules = Rules::new(keep, site.options);
        rules.strict = site.strict;
        Self { site, rules }
    }

    #[must_use]
    #[inline]
    pub fn sharing(mut self, share: impl Sharing<R::Error>) -> Self {
        self.rules.share = share.share();
        self
    }

    #[must_use]
    #[inline]
    pub fn when(mut self, when: fn(&R::Kept) -> bool) -> Self {
        self.rules.when = Some(when);
        self
    }

    #[must_use]
    #[inline]
    pub fn ttl_with(mut self, ttl_with: fn(&R::Kept) -> Duration) -> Self {
        self.rules.ttl_with = Some(ttl_with);
        self
    }

    #[must_use]
    #[inline]
    pub fn none_ttl(mut self, time: Duration) -> Self
    where
        R::Kept: Nullable,
    {
        self.rules.none_ttl = Some(NoneTtl { is_none: Nullable::is_none, time });
        self
    }

    #[must_use]
    #[inline]
    pub fn error_ttl(mut self, choose: fn(&R::Error) -> Option<Duration>) -> Self
    where
        R::Error: LocalValue,
    {
        self.rules.error_ttl = Some(ErrorTtl { keep: R::Error::keep_here(), choose });
        self
    }

    #[must_use]
    #[inline]
    pub fn strict(mut self, convert: fn(Error) -> R::Error) -> Self {
        self.rules.trouble = Some(convert);
        self
    }
}

/// What the wrapper does.
impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    /// Looks for a value: what the function returns, or what it takes to load it.
    ///
    /// # Errors
    ///
    /// A miss, which is no failure: whoever gets it runs the body through it.
    #[inline]
    pub fn look(self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Result<R, Miss<R, KIND>> {
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(Some(trouble)) => return Ok(R::join(Err(trouble))),
            Err(None) => return Err(Miss(None)),
        };
        let name = cache.scope().write(self.site.mark(), write);
        match cache::look(&cache, Some(self.site.named()), name, &self.rules) {
            Ok(outcome) => Ok(R::join(outcome)),
            Err(load) => Err(Miss(Some(load))),
        }
    }

    /// Returns the cache to ask; else the error to return instead, where the site is strict.
    #[inline]
    fn cache(&self) -> Result<Cow<'static, Cache>, Option<R::Error>> {
        match self.site.home() {
            Ok(cache) if self.site.is_off() || cache.is_off() => {
                self.asker(&cache).count(Event::Bypassed);
                Err(None)
            }
            Ok(cache) => Ok(cache),
            Err(error) => Err(self.trouble(error)),
        }
    }

    #[cold]
    fn trouble(&self, error: Error) -> Option<R::Error> {
        self.site.trouble(&error);
        self.rules.trouble.filter(|_| self.rules.strict).map(|convert| convert(error))
    }

    fn asker(&self, cache: &Cache) -> Asker {
        Asker { cache: cache.clone(), site: Some(self.site.named()) }
    }
}

/// What the companion does.
impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.site.mark()
    }

    #[must_use]
    pub fn key(&self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Key {
        Key::write(self.site.mark(), write)
    }

    #[must_use]
    pub fn stats(&self) -> Stats {
        self.site.stats()
    }

    #[must_use]
    pub fn site(&self) -> &'static Site {
        self.site
    }

    #[must_use]
    pub fn entry(&self, key: Key) -> Entry {
        Entry::new(self.site, key)
    }

    pub async fn get(self, key: Key) -> Option<R::Kept> {
        let cache = self.cache().ok()?;
        cache.get_kept(&key, self.rules.keep).await.unwrap_or_else(|error| {
            self.asker(&cache).trouble(&error);
            None
        })
    }

    pub async fn put(self, key: Key, value: R::Kept) {
        let Ok(cache) = self.site.home() else { return };
        if let Err(error) = cache.set_kept(&key, value, self.rules.keep, self.rules.options).await {
            self.asker(&cache).trouble(&error);
        }
    }

    pub async fn invalidate(self, key: Key) {
        self.entry(key).invalidate().await;
    }

    /// Runs the body for a value that is newer than any kept, and keeps it.
    pub async fn refresh<F, Fut>(self, key: Key, body: F) -> R
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        let Ok(cache) = self.cache() else { return body().await };
        let (asker, name) = (self.asker(&cache), cache.scope().name(&key));
        let load = Load { asker, name, rules: self.rules, found: None, ticket: None };
        R::join(load.anew(Bound(|| async { body().await.split() })).await)
    }

    pub fn get_blocking(self, key: Key) -> Option<R::Kept> {
        cache::block_on(self.get(key))
    }

    pub fn put_blocking(self, key: Key, value: R::Kept) {
        cache::block_on(self.put(key, value));
    }

    pub fn invalidate_blocking(self, key: Key) {
        cache::block_on(self.invalidate(key));
    }

    pub fn refresh_blocking(self, key: Key, body: impl FnOnce() -> R) -> R {
        cache::block_on(self.refresh(key, async || body()))
    }
}

/// A caller who found nothing. Without a load in it, the cache is switched off or cannot be found.
#[must_use = "a miss is only over when its body has run"]
pub struct Miss<R: Outcome<KIND>, const KIND: u8>(Option<Box<Load<R::Kept, R::Error>>>);

impl<R: Outcome<KIND>, const KIND: u8> Miss<R, KIND> {
    /// Runs the body, once for all who ask now.
    pub async fn load<F, Fut>(self, body: F) -> R
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        match self.0 {
            None => body().await,
            Some(load) => R::join(load.run(Bound(|| async { body().await.split() })).await),
        }
    }

    /// Runs the body on this thread, once for all who ask now.
    pub fn load_blocking(self, body: impl FnOnce() -> R) -> R {
        match self.0 {
            None => body(),
            Some(load) => R::join(cache::block_on(load.run(Bound(async || body().split())))),
        }
    }

    /// Runs the body, as a task of its own where the caller can be served meanwhile.
    pub async fn load_beside<A, F, Fut, S>(self, arguments: A, body: F, spare: S) -> R
    where
        R: 'static,
        F: FnOnce(A) -> Fut,
        Fut: Future<Output = R>,
        S: FnOnce(&A) -> Option<Spare<R>>,
    {
        match self.0 {
            None => body(arguments).await,
            Some(load) => R::join(load.run(Detachable::<_, _, _, KIND> { arguments, body, spare: Some(spare) }).await),
        }
    }
}

/// A body whose arguments can be copied for a task of its own.
struct Detachable<A, F, S, const KIND: u8> {
    arguments: A,
    body: F,
    spare: Option<S>,
}

impl<R, A, F, Fut, S, const KIND: u8> Body<R::Kept, R::Error> for Detachable<A, F, S, KIND>
where
    R: Outcome<KIND> + 'static,
    F: FnOnce(A) -> Fut,
    Fut: Future<Output = R>,
    S: FnOnce(&A) -> Option<Spare<R>>,
{
    async fn run(self) -> Result<R::Kept, R::Error> {
        (self.body)(self.arguments).await.split()
    }

    fn detach(&mut self, load: &Load<R::Kept, R::Error>, leader: Leader) -> Result<Task, Leader> {
        let Some(spare) = self.spare.take().and_then(|spare| spare(&self.arguments)) else { return Err(leader) };
        let (load, link) = (load.clone(), Link::detached(leader.id()));
        let started = load.asker.home().clock.precise();
        let within = std::sync::Arc::clone(&link);
        let task = spare(Box::new(move |result: R| {
            let (_, judged) = load.judge(&link, started, Ending::Ended(result.split()));
            Box::pin(async move { load.land(leader, judged).await })
        }));
        Ok(Box::pin(Scoped::new(within, task)))
    }
}
