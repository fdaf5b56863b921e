//! Entries that a function changes: what `#[invalidates]` and `#[updates]` are made of.

use std::sync::Arc;

use crate::cache::Cache;
use crate::error::Error;
use crate::executor::{Task, block_on};
use crate::flight::{Snapshot, Token};
use crate::key::{Key, KeyWriter, RAW};
use crate::registry::{Site, caches, invalidate_tag, withdraw_tag};
use crate::stats::Event;
use crate::tags::{Bonds, Moment};

/// One entry of one site.
#[derive(Clone, Debug)]
pub struct Entry {
    site: &'static Site,
    pub(super) key: Key,
}

/// An entry whose next value is being written.
#[derive(Debug)]
pub struct Watched {
    pub(super) entry: Entry,
    /// Tells whether somebody else has changed it meanwhile; missing where its cache cannot be found.
    pub(super) token: Option<Token>,
    pub(super) bonds: Option<Bonds>,
}

/// The state of things when a function began.
#[derive(Debug)]
pub struct Since(Option<(Snapshot, Moment)>);

impl Since {
    pub(super) async fn new(site: &'static Site) -> Self {
        let Ok(cache) = site.home() else { return Self(None) };
        let home = cache.home();
        let changes = home.flights.snapshot();
        // Which tags its entry has will be known when the function has ended.
        if let Some(outside) = home.outside().filter(|_| site.has_tags())
            && let Err(error) = home.watch_all_tags(outside).await
        {
            site.asker(&cache).trouble(&error);
        }
        Self(Some((changes, home.tags.now())))
    }
}

impl Watched {
    pub fn entry(&self) -> Entry {
        self.entry.clone()
    }
}

impl Entry {
    pub(super) fn new(site: &'static Site, key: Key) -> Self {
        Self { site, key }
    }

    /// The pages of a site that have this name, which is a tag of theirs.
    pub fn of_pages(site: &'static Site, name: Key) -> Self {
        Self { site, key: name }
    }

    /// Watches the entry from now on.
    pub async fn watched(self) -> Watched {
        let Ok(cache) = self.site.home() else { return Watched { entry: self, token: None, bonds: None } };
        let token = cache.home().flights.token(cache.name_of(&self.key).as_bytes());
        let bonds = match cache.bonds(&self.key) {
            Some(bonds) if cache.is_outside() => Some(self.bonds_outside(&cache, bonds).await),
            bonds => bonds,
        };
        Watched { entry: self, token: Some(token), bonds }
    }

    pub fn watched_blocking(self) -> Watched {
        block_on(self.watched())
    }

    /// Looks at how its tags stand in the store, before the function reads what it writes there.
    async fn bonds_outside(&self, cache: &Cache, bonds: Bonds) -> Bonds {
        match cache.versions_before(&self.key).await {
            Ok(versions) => bonds.with_versions(versions),
            Err(error) => {
                self.site.asker(cache).trouble(&error);
                bonds
            }
        }
    }

    /// Watches the entry as if that had begun then.
    pub fn watched_since(self, since: &Since) -> Watched {
        let (Ok(cache), Some((changes, moment))) = (self.site.home(), &since.0) else {
            return Watched { entry: self, token: None, bonds: None };
        };
        let token = cache.home().flights.token_since(cache.name_of(&self.key).as_bytes(), changes);
        let bonds = Bonds::new(*moment, cache.tags_of(&self.key));
        Watched { entry: self, token, bonds }
    }

    pub async fn invalidate(&self) {
        if self.site.is_page() {
            self.site.count(Event::Invalidated);
            // Wherever they live: a tag goes for all caches.
            return invalidate(&self.key).await;
        }
        let cache = match self.site.home() {
            Ok(cache) => cache,
            Err(error) => return self.site.trouble(&error),
        };
        self.site.count(Event::Invalidated);
        if let Err(error) = cache.delete(&self.key).await {
            self.site.asker(&cache).trouble(&error);
        }
    }

    /// Invalidates without waiting where that would be waiting for a store outside, if there is somewhere to do so.
    fn invalidate_on_the_way_out(self) {
        let task = match self.site.home() {
            Ok(cache) if cache.is_outside() => {
                let executor = Arc::clone(&cache.home().executor);
                let task: Task = Box::pin(async move { self.invalidate().await });
                match executor.spawn(task) {
                    Ok(()) => return,
                    Err(task) => task,
                }
            }
            _ => Box::pin(async move { self.invalidate().await }),
        };
        block_on(task);
    }
}

/// Entries that go when a function has done its work, or has been left half-way.
#[derive(Debug)]
#[must_use = "the entries are invalidated when this is finished or dropped"]
pub struct Invalidation {
    entries: Vec<Entry>,
    tags: Vec<Key>,
}

impl Invalidation {
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self { entries: entries.into_iter().collect(), tags: Vec::new() }
    }

    /// Invalidates a tag too.
    pub fn tag(mut self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        self.tags.push(Key::write(RAW, write));
        self
    }

    /// Invalidates at once, before the function begins.
    pub async fn now(mut self) {
        self.withdraw_tags();
        while let Some(tag) = self.tags.last().cloned() {
            invalidate(&tag).await;
            // Only now: a caller who leaves in between leaves it to `drop`.
            self.tags.pop();
        }
        while let Some(entry) = self.entries.last().cloned() {
            entry.invalidate().await;
            self.entries.pop();
        }
    }

    /// Withdraws what has its tags in this process, all of them before any store outside is waited for.
    fn withdraw_tags(&mut self) {
        self.tags.retain(|tag| match withdraw_tag(tag) {
            Ok(is_outside) => is_outside,
            Err(error) => {
                complain(tag, &error);
                false
            }
        });
    }

    pub fn now_blocking(self) {
        block_on(self.now());
    }

    /// Invalidates, if the function succeeded; what a failed one names stays.
    pub async fn finish(mut self, succeeded: bool) {
        if succeeded {
            self.now().await;
        } else {
            self.entries.clear();
            self.tags.clear();
        }
    }

    pub fn finish_blocking(self, succeeded: bool) {
        block_on(self.finish(succeeded));
    }
}

async fn invalidate(tag: &Key) {
    if let Err(error) = invalidate_tag(tag).await {
        complain(tag, &error);
    }
}

fn complain(tag: &Key, error: &Error) {
    log::error!(target: "larder", "the tag `{tag}` is not invalidated everywhere: {error}");
}

/// Runs a task without waiting for it, if there is somewhere to do so.
fn on_the_way_out(task: Task) {
    let executor = match caches().ok().and_then(|caches| caches.into_iter().find(Cache::is_outside)) {
        Some(cache) => Arc::clone(&cache.home().executor),
        None => return block_on(task),
    };
    if let Err(task) = executor.spawn(task) {
        block_on(task);
    }
}

/// The caller has left, or the body panicked, and nobody knows how far it came: one load too many is the safe side.
impl Drop for Invalidation {
    fn drop(&mut self) {
        self.withdraw_tags();
        for tag in std::mem::take(&mut self.tags) {
            on_the_way_out(Box::pin(async move { invalidate(&tag).await }));
        }
        for entry in std::mem::take(&mut self.entries) {
            entry.invalidate_on_the_way_out();
        }
    }
}
