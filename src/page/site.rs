//! One place in a program where pages are cached: what it was told, and where its pages live.

mod caller;
mod home;
mod quest;
mod setup;

use std::borrow::Cow;
use std::sync::Once;

use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_ENCODING,
    COOKIE, ORIGIN, RANGE, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};
use once_cell::sync::OnceCell;

use super::aspect::Aspect;
use super::grammar::list;
use super::key::{self, Asked, Place, Told, Unclear};
use super::locale::{Language, Locale, TimeZone};
use super::nested::Outer;
use super::policy::{Ask, Pass, Reuse, Wanted};
use super::record::Page;
use super::sent::Sent;
use super::variant::Front;
use crate::key::{KeyWriter, mark};
use crate::{Error, Key};
pub(super) use caller::Caller;
pub(super) use home::Home;
pub(super) use quest::{Look, Quest};
pub(super) use setup::{Annotation, Choice, Setup, Spot};

/// What one place was told, and where its pages live.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) setup: Setup,
    /// What tells its pages from those of a place that was told something else, in the same cache.
    pub(super) mark: u64,
    home: OnceCell<Home>,
    has_complained: Once,
    has_mentioned: Once,
}

impl Site {
    pub(super) fn new(setup: Setup) -> Self {
        // What was told is all that there is to tell two places apart by, in every process and every build.
        let mark = mark(&format!("{setup:?}"));
        #[cfg(feature = "panel")]
        setup.annotated.iter().for_each(|annotation| super::kept::note(annotation.site, mark));
        Self { setup, mark, home: OnceCell::new(), has_complained: Once::new(), has_mentioned: Once::new() }
    }

    /// Returns where its pages live: of a cache that is named, the one that has this name when the first request comes.
    pub(super) fn home(&self) -> Result<&Home, Error> {
        self.home.get_or_try_init(|| {
            let (cache, counts) = match &self.setup.choice {
                Choice::Given(cache) => (cache.clone(), false),
                Choice::Named(name) => (crate::cache(name)?, false),
                Choice::Annotated(Annotation { site, .. }) => match site.home()? {
                    Cow::Borrowed(cache) => (cache.clone(), true),
                    Cow::Owned(cache) => (cache, false),
                },
            };
            Ok(Home { counts, ..Home::new(cache, &self.setup) })
        })
    }

    /// Says that there is no cache: once, and not with every request.
    pub(super) fn complain(&self, error: &Error) {
        self.has_complained.call_once(|| log::error!(target: "larder", "pages are not kept: {error}"));
    }

    /// Says that pages vary on what their handler is not shown: its author has taken another page for granted. Once, and not with
    /// every page.
    pub(super) fn mention_what_is_hidden(&self, aspects: &[Aspect]) {
        let hidden = aspects.iter().filter_map(|aspect| match aspect {
            Aspect::Header(name) if self.setup.view.hides(name) && !is_of_no_page(name) => Some(name),
            _ => None,
        });
        let hidden: Vec<_> = hidden.collect();
        let Some(first) = hidden.first() else { return };
        self.has_mentioned.call_once(|| {
            let names = hidden.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let write = match **first {
                COOKIE => "`vary_cookie(\"session\")`, with the name of the cookie that counts".to_owned(),
                ORIGIN => "`vary(\"Origin\")`, or put CORS outside of where pages are kept".to_owned(),
                _ => format!("`vary(\"{first}\")`"),
            };
            log::warn!(
                target: "larder",
                "a page says `Vary: {names}`, of which nothing is shown to its handler: everybody has the page of those who \
                 send none. Where pages are kept, write {write}"
            );
        });
    }

    /// Returns what a request asks for; `None` where it is none of the cache's business.
    fn ask(&self, request: &Parts, caller: Caller<'_>) -> Result<Wanted, Pass> {
        let Caller { names, has_body, is_nested, .. } = caller;
        let is_sent =
            self.setup.by_body && request.method == Method::POST && request.extensions.get::<Sent>().is_some();
        let method = if is_sent { &Method::GET } else { &request.method };
        let mut wanted = match self.setup.policy.ask(method, &request.headers, names.authorized) {
            Ask::Look(wanted) => wanted,
            Ask::Pass(pass) => return Err(pass),
        };
        if has_body && !is_sent {
            return Err(Pass::Body);
        }
        if names.upgrade {
            return Err(Pass::Upgrade);
        }
        if is_nested && request.extensions.get().is_some_and(|outer: &Outer| outer.is_of(self.mark)) {
            return Err(Pass::Inside);
        }
        // Whoever stands guard has read it, and has said what it means for pages.
        wanted.authorized &= !self.setup.guarded && !self.setup.aspects.contains(&Aspect::Header(AUTHORIZATION));
        Ok(wanted)
    }

    /// Returns what its cache is called, whether there is one or not.
    pub(super) fn cache_name(&self) -> &str {
        match &self.setup.choice {
            Choice::Given(cache) => cache.name(),
            Choice::Named(name) => name,
            Choice::Annotated(Annotation { site, .. }) => site.cache_name(),
        }
    }

    fn is_off(&self) -> bool {
        self.setup.annotated.is_some_and(|Annotation { site, .. }| site.is_off())
    }

    /// Returns the key of what a request asks for.
    pub(super) fn key(&self, request: &Parts) -> Result<Key, Unclear> {
        Ok(self.key_in(locale(request), Told::of(request), &Asked::of(request)?))
    }

    /// Returns the key of what is asked for, for those of this language and zone.
    pub(super) fn key_in(&self, locale: Locale<'_>, told: Told<'_>, asked: &Asked<'_>) -> Key {
        Key::write(key::MARK, |key| self.write_key(locale, told, asked, key))
    }

    #[inline]
    fn write_key(&self, locale: Locale<'_>, told: Told<'_>, asked: &Asked<'_>, key: &mut KeyWriter<'_>) {
        let setup = &self.setup;
        let place = Place { prefix: &setup.prefix, locale, naming: setup.naming, extensions: &setup.extensions };
        key::write(&place, told, asked, &setup.view.query, key);
    }

    /// Looks for a page in a cache of this process.
    pub(super) fn look(&self, home: &Home, request: &Parts, caller: Caller<'_>) -> Look {
        let locale = locale(request);
        let wanted = match self.begin(home, request, caller, locale) {
            Ok(wanted) => wanted,
            Err(pass) => return Look::Pass(pass),
        };
        let Ok(asked) = Asked::named(request, caller.names) else { return Look::Pass(Pass::Malformed) };
        let told = Told { extensions: &request.extensions, named: caller.named };
        let found = home.cache.peek_written(key::MARK, |key| self.write_key(locale, told, &asked, key));
        let (front, variants) = match home.found(found) {
            Some(Front::Variants(variants)) => {
                let mut keys = variants.keys(self, &request.headers);
                let front = keys.find_map(|key| home.found(home.cache.peek(&key)));
                drop(keys);
                (front, Some(variants))
            }
            front => (front, None),
        };
        let (page, alone) = at(front);
        let key = || self.key_in(locale, told, &asked);
        self.judge(home, request, page, &wanted, || Quest { variants, alone, ..Quest::new(key(), wanted) })
    }

    /// Looks for a page in a cache that may be outside.
    pub(super) async fn look_outside(&self, home: &Home, request: &Parts, caller: Caller<'_>) -> Look {
        let wanted = match self.begin(home, request, caller, locale(request)) {
            Ok(wanted) => wanted,
            Err(pass) => return Look::Pass(pass),
        };
        let Ok(key) = self.key(request) else { return Look::Pass(Pass::Malformed) };
        let quest = Quest::new(key, wanted);
        let (front, variants) = match home.found(home.cache.peek_outside(&quest.key).await) {
            Some(Front::Variants(variants)) => {
                let keys: Vec<_> = variants.keys(self, &request.headers).collect();
                let mut front = None;
                for key in keys {
                    front = home.found(home.cache.peek_outside(&key).await);
                    if front.is_some() {
                        break;
                    }
                }
                (front, Some(variants))
            }
            front => (front, None),
        };
        let (mut page, alone) = at(front);
        if let Some(found) = &page
            && !home.learn(found).await
        {
            page = None;
        }
        self.judge(home, request, page, &wanted, || Quest { variants, alone, ..quest })
    }

    fn begin(&self, home: &Home, request: &Parts, caller: Caller<'_>, locale: Locale<'_>) -> Result<Wanted, Pass> {
        let wanted = self.ask(request, caller)?;
        home.locales.note(locale);
        if home.cache.is_off() || self.is_off() { Err(Pass::Off) } else { Ok(wanted) }
    }

    /// Decides what a page that was found may do.
    fn judge(
        &self,
        home: &Home,
        request: &Parts,
        page: Option<Page>,
        wanted: &Wanted,
        quest: impl FnOnce() -> Quest,
    ) -> Look {
        let now = home.cache.clock().coarse_wall_millis();
        let page = page.filter(|page| page.site() == self.mark && !self.is_gone(home, request, page));
        let Some(page) = page else { return self.without(request, quest()) };
        let reuse = page.facts().reuse(wanted, now);
        if reuse == Reuse::Fresh {
            return Look::Found(page, None, now);
        }
        let quest = quest();
        let is_spare = matches!(reuse, Reuse::Stale | Reuse::Ask { if_error: true });
        if is_spare && home.quiet.is_kept(&quest.name(self, &request.headers), now) {
            return Look::Found(page, None, now);
        }
        match reuse {
            Reuse::Fresh | Reuse::Nothing => self.without(request, quest),
            Reuse::Stale => {
                let quest = Quest { old: Some((page.clone(), true)), ..quest };
                Look::Found(page, Some(Box::new(quest)), now)
            }
            Reuse::Ask { if_error } => Look::Seek(Box::new(Quest { old: Some((page, if_error)), ..quest })),
        }
    }

    /// Nothing was found. Who asks for a part only is not made to wait for the whole, unless it may have holes: half a
    /// mark cannot be filled.
    fn without(&self, request: &Parts, mut quest: Quest) -> Look {
        let is_part = request.headers.contains_key(RANGE) && self.setup.fillers.is_empty();
        if is_part && !quest.wanted.only_if_cached {
            return if self.setup.parts { Look::Part(Box::new(quest)) } else { Look::Pass(Pass::Range) };
        }
        quest.alone |= quest.wanted.authorized;
        Look::Seek(Box::new(quest))
    }

    /// Returns the path of what a request asks for, with the part of the query that is told apart.
    pub(super) fn target<'a>(&self, request: &'a Parts) -> Result<Cow<'a, str>, Unclear> {
        Asked::of(request).map(|asked| asked.target(&self.setup.view.query))
    }

    /// Returns whether a page was invalidated by a pattern since it was begun, as far as that is known here. Of tags its
    /// cache knows.
    pub(super) fn is_gone(&self, home: &Home, request: &Parts, page: &Page) -> bool {
        home.purges.took(page, || self.target(request))
    }

    /// Returns the headers that a response says it depends on. One that is encoded depends on what its client takes,
    /// whether it says so or not.
    pub(super) fn varies_on(response: &HeaderMap) -> impl Iterator<Item = HeaderName> {
        let said = list::elements(response, &VARY).filter_map(|name| HeaderName::from_bytes(name).ok());
        said.chain(response.contains_key(CONTENT_ENCODING).then_some(ACCEPT_ENCODING))
    }
}

/// Returns whether no page depends on a header, whatever it says: layers that answer questions before a request say so of all.
fn is_of_no_page(name: &HeaderName) -> bool {
    [ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD].contains(name)
}

/// Returns the page that stands somewhere, or whether word does that there is none to be kept.
fn at(front: Option<Front>) -> (Option<Page>, bool) {
    match front {
        Some(Front::Page(page)) => (Some(page), false),
        Some(Front::Pass) => (None, true),
        Some(Front::Variants(_)) | None => (None, false),
    }
}

pub(super) fn locale(request: &Parts) -> Locale<'_> {
    let language = request.extensions.get::<Language>().map(|language| language.0.as_str());
    Locale { language, zone: request.extensions.get::<TimeZone>().map(|zone| zone.0.as_str()) }
}
