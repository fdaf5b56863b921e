//! The sites of the program, each by a number that it has for as long as the program runs.

use std::collections::HashMap;

use cache_core::registry::caches_if_made;
use once_cell::sync::Lazy;

use super::answer::Refusal;
use super::query::Query;
use crate::page::kept;
use crate::{Cache, Error, Inspected, Key, Site, sites};

/// All of them, as they stand in files.
static ALL: Lazy<Vec<&'static Site>> = Lazy::new(|| {
    let mut all: Vec<_> = sites().collect();
    all.sort_by_key(|site| (site.module(), site.file(), site.line(), site.name()));
    all
});

pub(super) fn all() -> &'static [&'static Site] {
    &ALL
}

/// Returns the number of a site.
pub(super) fn number_of(site: &Site) -> Option<usize> {
    ALL.iter().position(|other| std::ptr::eq(*other, site))
}

pub(super) fn numbered(number: u64) -> Result<&'static Site, Refusal> {
    let site = usize::try_from(number).ok().and_then(|number| ALL.get(number));
    site.copied().ok_or_else(|| Refusal::missing(format!("there is no site {number}")))
}

/// Returns the cache of this name: none is made for being asked for.
pub(super) fn named(name: &str) -> Result<Cache, Refusal> {
    let cache = caches_if_made().into_iter().find(|cache| cache.name() == name);
    cache.ok_or_else(|| Refusal::missing(format!("there is no cache named `{name}`")))
}

/// What somebody looks at: a site and its cache, or a cache alone.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) site: Option<&'static Site>,
    pub(super) cache: Cache,
}

impl Place {
    /// Reads which one a question is about.
    pub(super) fn asked(query: &Query) -> Result<Self, Refusal> {
        match (query.get("site"), query.get("cache")) {
            (Some(site), None) => {
                let wrong = || Refusal::wrong(format!("`{site}` is no site: write its number, as in `site=0`"));
                Self::of_site(numbered(site.parse().map_err(|_| wrong())?)?)
            }
            (None, Some(name)) => Ok(Self { site: None, cache: named(name)? }),
            _ => Err(Refusal::wrong("say which site, as in `site=0`, or which cache, as in `cache=default`")),
        }
    }

    pub(super) fn of_site(site: &'static Site) -> Result<Self, Refusal> {
        Ok(Self { site: Some(site), cache: site.home()?.into_owned() })
    }

    /// Returns what all keys begin with.
    pub(super) fn start(&self) -> String {
        match self.site {
            Some(site) if site.is_page() => kept::START.to_owned(),
            site => site.map(Site::start).unwrap_or_default(),
        }
    }

    /// Returns what is under a key, if it belongs to it.
    pub(super) async fn entry(&self, key: &Key) -> Result<Option<Inspected>, Error> {
        let Some(mut entry) = self.cache.inspect(key).await? else { return Ok(None) };
        match self.site {
            Some(site) if site.is_page() => {
                // What is kept is a page with times of its own, for as long as it may be of any use.
                let key = Key::__sealed(entry.mark, key.as_str());
                let Some(fresh_for) = kept::fresh_for(site, &self.cache, &key).await? else { return Ok(None) };
                entry.fresh_for = fresh_for;
                Ok(Some(entry))
            }
            _ => Ok(Some(entry).filter(|entry| self.may_have(entry.mark))),
        }
    }

    /// Returns whether what was written under this mark may belong to it.
    pub(super) fn may_have(&self, mark: u64) -> bool {
        self.site.is_none_or(|site| site.is_page() || site.marks().contains(&mark))
    }
}

/// How many entries there are, by mark, of each cache and version that sites have.
#[derive(Debug, Default)]
pub(super) struct Census(HashMap<Whose, Option<HashMap<u64, u64>>>);

/// A cache, and the version that a site asks for.
type Whose = (&'static str, Option<&'static str>);

impl Census {
    /// Returns how many entries a site has, where that is known: those outside nobody has counted, and pages go by URL.
    pub(super) fn of(&mut self, site: &'static Site) -> Option<u64> {
        if site.is_page() {
            return None;
        }
        let whose = (site.cache_name(), site.own_version());
        let entries = self.0.entry(whose).or_insert_with(|| site.home().ok()?.entries_by_mark());
        let entries = entries.as_ref()?;
        Some(site.marks().iter().filter_map(|mark| entries.get(mark)).sum())
    }
}
