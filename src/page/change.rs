//! What an unsafe request changes is not answered from before (RFC 9111, 4.4).

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};

use super::key::{Asked, Told};
use super::locale::Locale;
use super::part;
use super::policy;
use super::purge::Pattern;
use super::site::{Home, Site, locale};
use crate::Key;

/// A request that may change what pages show. Until its answer says that it did not, it counts as one that did: whoever
/// leaves, or panics, may have written before.
pub(super) struct Change {
    site: Arc<Site>,
    home: Home,
    /// What is kept of the request, to know what it was for.
    request: Parts,
    due: Vec<Due>,
    /// What is empty already, and is not to be emptied again: something new is there.
    spared: Option<Key>,
}

/// What is to be emptied: all pages of one URL.
#[derive(Clone)]
struct Due {
    target: String,
    /// In all languages and for all zones that are known of.
    keys: Vec<Key>,
    /// Whether there may be others that are not.
    is_some: bool,
}

impl Change {
    /// Begins it; `None` for a request that changes nothing.
    pub(super) fn begin(site: &Arc<Site>, home: &Home, request: &Parts) -> Option<Self> {
        if !policy::empties(&request.method, StatusCode::OK) {
            return None;
        }
        let mut change = Self {
            site: Arc::clone(site),
            home: home.clone(),
            request: request.clone(),
            due: Vec::new(),
            spared: None,
        };
        let own = Asked::of(request).map(|asked| change.due(&asked, asked.uri));
        change.due.extend(own);
        Some(change)
    }

    fn due(&self, asked: &Asked<'_>, uri: &Uri) -> Due {
        let asked = asked.at(uri);
        // Nobody here knows by what others tell apart pages of this URL, nor what guards have read that come later.
        let (mut keys, mut is_some) = (Vec::new(), self.home.purges.go_by_more());
        for asked in asked.ways() {
            let mut add = |locale: Locale<'_>| keys.push(self.site.key_in(locale, Told::of(&self.request), &asked));
            add(locale(&self.request));
            is_some |= self.home.locales.each(&mut add, self.home.cache.is_outside());
        }
        if self.site.setup.parts {
            keys.extend(keys.iter().map(part::key).collect::<Vec<_>>());
        }
        keys.retain(|key| Some(key) != self.spared.as_ref());
        let target = asked.target(&self.site.setup.view.query);
        Due { keys, is_some, target: target.into_owned() }
    }

    /// Leaves alone what is under this key: it has taken the place of what was to be emptied.
    pub(super) fn spare(&mut self, key: &Key) {
        self.due.iter_mut().for_each(|due| due.keys.retain(|other| other != key));
        self.spared = Some(key.clone());
    }

    /// Empties what the request was for, and what its answer says is elsewhere, if it succeeded.
    pub(super) async fn end(mut self, status: StatusCode, headers: &HeaderMap) {
        if !policy::empties(&self.request.method, status) {
            self.due.clear();
            return;
        }
        let elsewhere = self.elsewhere(headers);
        self.due.extend(elsewhere);
        while let Some(due) = self.due.last().cloned() {
            due.empty(&self.home).await;
            self.due.pop();
        }
    }

    fn elsewhere(&self, headers: &HeaderMap) -> Vec<Due> {
        let Ok(asked) = Asked::of(&self.request) else { return Vec::new() };
        let uris = asked.absolute().map(|uri| policy::also_empties(&uri, headers)).unwrap_or_default();
        uris.iter().map(|uri| self.due(&asked, uri)).collect()
    }
}

impl Due {
    /// Empties it. What a store does not forget is not answered with, by this process at once.
    async fn empty(self, home: &Home) {
        let mut is_left = self.is_some;
        for key in self.keys {
            is_left |= home.cache.delete(key).await.inspect_err(|error| home.trouble(error)).is_err();
        }
        // What other processes tell apart by more than this one knows of is not found by its key either.
        if is_left || home.heard(home.purges.ask_for_more(&home.cache).await).unwrap_or(true) {
            home.purges.add(Pattern::exact(&self.target));
            home.heard(home.purges.tell(&home.cache).await);
        }
    }

    /// Empties it where nobody waits for that.
    fn empty_behind(self, home: &Home) {
        if !home.cache.is_outside() {
            for key in self.keys {
                drop(home.cache.blocking().delete(key));
            }
            if self.is_some {
                home.purges.add(Pattern::exact(&self.target));
            }
            return;
        }
        home.purges.add(Pattern::exact(&self.target));
        let owned = home.clone();
        // Without a runtime the purge has to do.
        drop(home.cache.executor().spawn(Box::pin(async move { self.empty(&owned).await })));
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        for due in self.due.drain(..) {
            due.empty_behind(&self.home);
        }
    }
}
