//! Entries that a function changes, as `#[invalidates]` and `#[updates]` name them.

use super::tag::invalidate;
use crate::cache::Cache;
use crate::executor::block_on;
use crate::flight::{Snapshot, Token};
use crate::key::Key;
use crate::registry::Site;
use crate::registry::effects::{self, By, On};
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
        effects::note_site(self.site);
        self.withdraw().await;
    }

    /// Counts that a function withdraws it, if anybody wants to know.
    pub(super) fn note(&self, by: By) {
        effects::note(by, On::Site(self.site));
    }

    pub(super) async fn withdraw(&self) {
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

    pub(super) fn is_page(&self) -> bool {
        self.site.is_page()
    }

    /// Returns the name of pages, which is a tag.
    pub(super) fn name(&self) -> &Key {
        &self.key
    }

    /// Returns whether it is kept outside of this process.
    pub(super) fn is_outside(&self) -> bool {
        self.site.home().is_ok_and(|cache| cache.is_outside())
    }

    /// Forgets what is kept in this process, uncounted: it is going to be invalidated.
    pub(super) fn forget_here(&self) {
        if let Ok(cache) = self.site.home() {
            cache.forget_here(&self.key);
        }
    }
}
