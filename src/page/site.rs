//! One place in a program where pages are cached: what it was told, and where its pages live.

use std::fmt;
use std::sync::Arc;

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, RANGE, UPGRADE, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use once_cell::sync::OnceCell;

use super::aspect::Aspect;
use super::flights::Flights;
use super::grammar::list;
use super::hide::View;
use super::key::{self, Asked, Locale, Place, Told, Unclear};
use super::locale::{Language, TimeZone};
use super::policy::{Ask, Pass, Policy, Reuse, Wanted};
use super::purge::Purges;
use super::record::Page;
use super::variant::{Front, Variants};
use crate::{Cache, Error, Key};

/// What one place was told, and where its pages live.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) setup: Setup,
    home: OnceCell<Home>,
}

/// What one place was told.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) choice: Choice,
    pub(super) prefix: String,
    pub(super) policy: Policy,
    /// What its pages are told apart by, whatever they say themselves.
    pub(super) aspects: Vec<Aspect>,
    /// What layers outside put into requests, by which pages are told apart.
    pub(super) told: Vec<Told>,
    pub(super) view: View,
    /// How long those downstream may keep a page, in seconds, where that is to differ.
    pub(super) browser: Option<u64>,
    /// How many bytes a page may have that is kept.
    pub(super) limit: u64,
    /// How many variants of one URL are kept.
    pub(super) variants: usize,
    /// Whether answers say in `Cache-Status` where they come from.
    pub(super) tells: bool,
    /// The tags of all its pages.
    pub(super) tags: Vec<Key>,
    /// Headers of a response that hold its own tags.
    pub(super) tags_from: Vec<HeaderName>,
}

/// Which cache the pages live in.
#[derive(Clone)]
pub(super) enum Choice {
    Named(String),
    Given(Cache),
}

/// The cache, and what belongs to its pages.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) cache: Cache,
    pub(super) flights: Arc<Flights>,
    pub(super) purges: Arc<Purges>,
}

/// What was found out about a request, without anybody having been asked.
pub(super) enum Look {
    /// A page answers it. Behind the answer it may have to be made anew.
    Found(Page, Option<Box<Quest>>),
    /// It is none of the cache's business.
    Pass(Pass),
    /// Somebody has to be asked.
    Seek(Box<Quest>),
}

/// A page that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Quest {
    pub(super) key: Key,
    pub(super) wanted: Wanted,
    pub(super) variants: Option<Variants>,
    /// A page that may not answer without being asked for anew, and whether it may when that fails.
    pub(super) old: Option<(Page, bool)>,
    /// Whether an answer that others get is no answer for this one.
    pub(super) alone: bool,
}

impl Site {
    pub(super) fn new(setup: Setup) -> Self {
        Self { setup, home: OnceCell::new() }
    }

    /// Returns where its pages live: of a cache that is named, the one that has this name when the first request comes.
    pub(super) fn home(&self) -> Result<&Home, Error> {
        self.home.get_or_try_init(|| {
            let cache = match &self.setup.choice {
                Choice::Given(cache) => cache.clone(),
                Choice::Named(name) => crate::cache(name)?,
            };
            Ok(Home { flights: cache.beside(), purges: cache.beside(), cache })
        })
    }

    /// Returns what a request asks for; `None` where it is none of the cache's business.
    fn ask(&self, request: &Parts, has_body: bool) -> Result<Wanted, Pass> {
        let mut wanted = match self.setup.policy.ask(&request.method, &request.headers) {
            Ask::Look(wanted) => wanted,
            Ask::Pass(pass) => return Err(pass),
        };
        if has_body {
            return Err(Pass::Body);
        }
        if request.headers.contains_key(UPGRADE) {
            return Err(Pass::Upgrade);
        }
        wanted.authorized &= !self.setup.aspects.contains(&Aspect::Header(AUTHORIZATION));
        Ok(wanted)
    }

    /// Returns the key of what a request asks for.
    pub(super) fn key(&self, request: &Parts) -> Result<Key, Unclear> {
        let asked = Asked::of(request)?;
        Ok(self.key_of(request, &asked))
    }

    /// Returns the key of what is asked for, for those who ask for it as this request does.
    pub(super) fn key_of(&self, request: &Parts, asked: &Asked<'_>) -> Key {
        let place = Place { prefix: &self.setup.prefix, locale: locale(request), told: &self.setup.told };
        key::key(&place, &request.extensions, asked, &self.setup.view.query)
    }

    /// Looks for a page in a cache of this process.
    pub(super) fn look(&self, home: &Home, request: &Parts, has_body: bool) -> Look {
        match self.begin(home, request, has_body) {
            Err(pass) => Look::Pass(pass),
            Ok((key, wanted)) => {
                let front = home.cache.blocking().get(&key).unwrap_or_default();
                let variants = match front {
                    Some(Front::Page(page)) => return self.judge(home, request, Quest::new(key, wanted), Some(page)),
                    Some(Front::Variants(variants)) => variants,
                    None => return self.judge(home, request, Quest::new(key, wanted), None),
                    Some(Front::Pass) => {
                        let quest = Quest { alone: true, ..Quest::new(key, wanted) };
                        return self.judge(home, request, quest, None);
                    }
                };
                let mut keys = variants.keys(&self.setup.view, &request.headers);
                let page = keys.find_map(|key| home.cache.blocking().get(key).unwrap_or_default());
                drop(keys);
                let quest = Quest { variants: Some(variants), ..Quest::new(key, wanted) };
                self.judge(home, request, quest, page)
            }
        }
    }

    /// Looks for a page in a cache that may be outside.
    pub(super) async fn look_outside(&self, home: &Home, request: &Parts, has_body: bool) -> Look {
        let (key, wanted) = match self.begin(home, request, has_body) {
            Ok(begun) => begun,
            Err(pass) => return Look::Pass(pass),
        };
        let quest = Quest::new(key, wanted);
        match home.cache.get(&quest.key).await.unwrap_or_default() {
            Some(Front::Page(page)) => self.judge(home, request, quest, Some(page)),
            None => self.judge(home, request, quest, None),
            Some(Front::Pass) => self.judge(home, request, Quest { alone: true, ..quest }, None),
            Some(Front::Variants(variants)) => {
                let keys: Vec<_> = variants.keys(&self.setup.view, &request.headers).collect();
                let mut page = None;
                for key in keys {
                    page = page.or(home.cache.get(key).await.unwrap_or_default());
                }
                self.judge(home, request, Quest { variants: Some(variants), ..quest }, page)
            }
        }
    }

    fn begin(&self, home: &Home, request: &Parts, has_body: bool) -> Result<(Key, Wanted), Pass> {
        let wanted = self.ask(request, has_body)?;
        if home.cache.is_off() {
            return Err(Pass::Off);
        }
        Ok((self.key(request).map_err(|Unclear| Pass::Malformed)?, wanted))
    }

    /// Decides what a page that was found may do.
    fn judge(&self, home: &Home, request: &Parts, mut quest: Quest, page: Option<Page>) -> Look {
        let now = home.cache.clock().wall_millis();
        let page = page.filter(|page| !self.is_gone(home, request, page));
        let Some(page) = page else { return Self::without(request, quest) };
        match page.facts().reuse(&quest.wanted, now) {
            Reuse::Fresh => Look::Found(page, None),
            Reuse::Stale | Reuse::Ask { if_error: true } if page.is_quiet(now) => Look::Found(page, None),
            Reuse::Stale => {
                quest.old = Some((page.clone(), true));
                Look::Found(page, Some(Box::new(quest)))
            }
            Reuse::Ask { if_error } => {
                quest.old = Some((page, if_error));
                Look::Seek(Box::new(quest))
            }
            Reuse::Nothing => Self::without(request, quest),
        }
    }

    /// Nothing was found. Who asks for a part only is not made to wait for the whole.
    fn without(request: &Parts, mut quest: Quest) -> Look {
        if request.headers.contains_key(RANGE) && !quest.wanted.only_if_cached {
            return Look::Pass(Pass::Range);
        }
        quest.alone |= quest.wanted.authorized;
        Look::Seek(Box::new(quest))
    }

    fn is_gone(&self, home: &Home, request: &Parts, page: &Page) -> bool {
        let Ok(asked) = Asked::of(request) else { return true };
        home.purges.took(page, &asked.target(&self.setup.view.query))
    }

    /// Returns the headers that a response says it depends on. One that is encoded depends on what its client takes,
    /// whether it says so or not.
    pub(super) fn varies_on(response: &HeaderMap) -> impl Iterator<Item = HeaderName> {
        let said = list::elements(response, &VARY).filter_map(|name| HeaderName::from_bytes(name).ok());
        said.chain(response.contains_key(CONTENT_ENCODING).then_some(ACCEPT_ENCODING))
    }
}

impl Quest {
    fn new(key: Key, wanted: Wanted) -> Self {
        Self { key, wanted, variants: None, old: None, alone: false }
    }
}

pub(super) fn locale(request: &Parts) -> Locale<'_> {
    let language = request.extensions.get::<Language>().map(|language| language.0.as_str());
    Locale { language, zone: request.extensions.get::<TimeZone>().map(|zone| zone.0.as_str()) }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "the cache named `{name}`"),
            Self::Given(cache) => cache.fmt(f),
        }
    }
}
