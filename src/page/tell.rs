//! What is told of a request to whoever asks why it was answered as it was: see [`explain`](mod@crate::explain).
//! Nobody comes here for whom nobody does.

use std::time::Duration;

use cache_core::clock::Tick;
use cache_core::explain::page::Unusable;
use cache_core::explain::{
    Alone, Asked, Done, Found, Kept, Level, Miss, NotKept, Note, TagName, Unasked, Whom, WhyStale,
};
use http::request::Parts;

use super::policy::{Facts, Reuse, Wanted};
use super::record::Page;
use super::site::{Home, Look, Quest, Site};
use super::variant::Front;
use crate::{Cache, Error, Key, Ttl};

/// Begins to tell of a request, if anybody listens here.
pub(super) fn begin(site: &Site, cache: &str, request: &Parts) -> Option<Note> {
    Note::begin(|| {
        let place = site.place();
        let key = site.key(request).map_or_else(|_| request.uri.to_string(), |key| key.as_str().to_owned());
        Asked::new(place, cache, &key).page()
    })
}

/// Tells that there is no cache.
pub(super) fn no_cache(site: &Site, request: &Parts, error: &Error) -> Option<Note> {
    let note = begin(site, site.cache_name(), request)?;
    note.found(Found::Unasked(Unasked::NoCache { error: error.to_string() }));
    Some(note)
}

/// What stands where a page is looked for.
pub(super) enum Standing {
    Page(Page),
    Nothing(Miss),
}

/// Looks at what stands there, before whoever looks for a page takes out what is over.
pub(super) async fn standing(site: &Site, home: &Home, request: &Parts) -> Standing {
    let Ok(key) = site.key(request) else { return Standing::Nothing(Miss::Absent) };
    let variants = match front(&home.cache, &key).await {
        Ok(Front::Variants(variants)) => variants,
        Ok(Front::Page(page)) => return Standing::Page(page),
        Ok(Front::Pass) => return Standing::Nothing(Miss::Page(Unusable::NotKeptLately)),
        Err(miss) => return Standing::Nothing(miss),
    };
    let mut why = Miss::Page(Unusable::OtherVariant);
    let keys: Vec<_> = variants.keys(site, &request.headers).collect();
    for key in keys {
        match front(&home.cache, &key).await {
            Ok(Front::Page(page)) => return Standing::Page(page),
            Ok(Front::Pass) => why = Miss::Page(Unusable::NotKeptLately),
            Ok(Front::Variants(_)) | Err(Miss::Absent) => {}
            Err(miss) => why = miss,
        }
    }
    Standing::Nothing(why)
}

/// Returns what stands under a key, or why that is nothing of use.
async fn front(cache: &Cache, key: &Key) -> Result<Front, Miss> {
    match cache.why_not(key).await {
        Miss::Absent => {}
        miss => return Err(miss),
    }
    match cache.peek_outside(key).await {
        Ok(front) => front.ok_or(Miss::Absent),
        Err(error) => Err(Miss::Away { error: error.to_string() }),
    }
}

/// Tells what was found, and says to those who go on from there to whom they are to tell more.
pub(super) fn found(note: Note, (site, home): (&Site, &Home), request: &Parts, standing: Standing, look: &mut Look) {
    let found = match look {
        Look::Found(page, _, now) => worth(&home.cache, page.facts(), &Wanted::default(), *now),
        Look::Pass(pass) => Found::Unasked(Unasked::Page(*pass)),
        Look::Seek(quest) | Look::Part(quest) => match (&quest.old, standing) {
            (Some((page, _)), _) => worth(&home.cache, page.facts(), &quest.wanted, home.now()),
            (None, Standing::Nothing(miss)) => Found::Miss(miss),
            (None, Standing::Page(page)) => Found::Miss(why_not((site, home), request, &page, &quest.wanted)),
        },
    };
    let is_old = matches!(found, Found::Stale { .. } | Found::Spare { .. });
    note.found(found);
    match look {
        Look::Found(_, None, _) if is_old => note.done(Done::Stale(WhyStale::Hushed)),
        Look::Found(_, Some(quest), _) => {
            note.done(Done::Stale(WhyStale::Refreshing));
            quest.note = Some(note);
        }
        Look::Seek(quest) | Look::Part(quest) => quest.note = Some(note),
        Look::Found(..) | Look::Pass(_) => {}
    }
}

/// Says why a page that is there is none for a request.
fn why_not((site, home): (&Site, &Home), request: &Parts, page: &Page, wanted: &Wanted) -> Miss {
    match () {
        () if page.site() != site.mark => Miss::Page(Unusable::OtherPlace),
        () if site.is_gone(home, request, page) => Miss::Page(Unusable::Purged),
        () => match worth(&home.cache, page.facts(), wanted, home.now()) {
            Found::Miss(miss) => miss,
            // It has gone since.
            _ => Miss::Absent,
        },
    }
}

/// Says what a page is worth to who wants this.
pub(super) fn worth(cache: &Cache, facts: &Facts, wanted: &Wanted, now: u64) -> Found {
    let level = if cache.is_outside() { Level::Store } else { Level::Memory };
    let lived = now.saturating_sub(facts.born);
    let past = Duration::from_millis(lived.saturating_sub(facts.fresh));
    let is_fresh = lived < facts.fresh;
    let not = |why| Found::Miss(Miss::Page(why));
    match facts.reuse(wanted, now) {
        Reuse::Fresh => {
            let left = Ttl::For(Duration::from_millis(facts.fresh - lived));
            Found::Fresh { level, age: Some(Duration::from_millis(lived)), left: Some(left) }
        }
        Reuse::Stale => Found::Stale { level, past },
        Reuse::Nothing => not(Unusable::Authorization),
        Reuse::Ask { .. } if facts.always_ask => not(Unusable::AlwaysAsk),
        Reuse::Ask { .. } if wanted.no_cache => not(Unusable::ClientNoCache),
        Reuse::Ask { .. } if is_fresh && wanted.max_age.is_some_and(|most| lived / 1000 > most) => {
            not(Unusable::ClientMaxAge)
        }
        Reuse::Ask { .. } if is_fresh && wanted.min_fresh.is_some() => not(Unusable::ClientMinFresh),
        Reuse::Ask { .. } if is_fresh => not(Unusable::FromTheFuture),
        Reuse::Ask { if_error: true } => Found::Spare { level, past },
        Reuse::Ask { if_error: false } => Found::Miss(Miss::Expired { ago: past }),
    }
}

/// Says what a request for the page under a key would find that wants nothing special.
#[cfg(feature = "panel")]
pub(crate) async fn would_find(cache: &Cache, key: &Key) -> Found {
    let mut found = Found::Miss(Miss::Absent);
    for mark in [super::key::MARK, super::variant::VARIANT] {
        found = match front(cache, &Key::__sealed(mark, key.as_str())).await {
            Ok(Front::Page(page)) => worth(cache, page.facts(), &Wanted::default(), cache.clock().wall_millis()),
            // What stands there leads to pages, or says that there are none.
            Ok(Front::Variants(_) | Front::Pass) => Found::Miss(Miss::Absent),
            Err(miss) => Found::Miss(miss),
        };
        if !matches!(found, Found::Miss(Miss::Absent | Miss::OtherPattern)) {
            break;
        }
    }
    found
}

/// What is told by those who go on.
impl Quest {
    pub(super) fn tell(&self, done: Done) {
        if let Some(note) = &self.note {
            note.done(done);
        }
    }

    pub(super) fn tell_kept(&self, kept: impl FnOnce() -> Kept) {
        if self.note.is_none() && self.span.is_none() {
            return;
        }
        let kept = kept();
        self.span.kept(&kept);
        if let Some(note) = &self.note {
            note.kept(kept);
        }
    }

    pub(super) fn tell_not_kept(&self, why: NotKept) {
        self.tell_kept(|| Kept::Not(why));
    }
}

/// Somebody who waits, where somebody wants to know how long.
pub(super) struct Waiting(Option<(Note, Tick)>);

impl Quest {
    /// Returns what was looked for once more, which goes on telling.
    pub(super) fn anew(self, anew: Self) -> Self {
        Self { note: self.note, ..anew }
    }

    /// Tells why it does not wait for others, nor others for it.
    pub(super) fn tell_alone(&self) {
        match () {
            () if self.wanted.head => {}
            () if self.wanted.authorized => self.tell(Done::Alone(Alone::Authorized)),
            () => self.tell(Done::Alone(Alone::NotKeptLately)),
        }
    }

    pub(super) fn begin_to_wait(&self, home: &Home) -> Waiting {
        Waiting(self.note.as_ref().map(|note| (note.clone(), home.cache.clock().precise())))
    }
}

impl Waiting {
    /// Tells how long that was.
    pub(super) fn end(self, home: &Home) {
        if let Some((note, since)) = self.0 {
            note.done(Done::Waited { whom: Whom::Caller, took: home.cache.clock().precise().since(since) });
        }
    }
}

/// A handler that runs, where somebody wants to know how long.
pub(super) struct Handling(Option<(Note, Tick)>);

impl Handling {
    /// Tells that a handler is asked.
    pub(super) fn begin(note: Option<&Note>, home: &Home) -> Self {
        Self(note.map(|note| {
            note.done(Done::Began);
            (note.clone(), home.cache.clock().precise())
        }))
    }

    /// Tells that it has answered.
    pub(super) fn end(self, home: &Home, failed: bool) {
        if let Some((note, since)) = self.0 {
            let took = home.cache.clock().precise().since(since);
            note.ended(Done::Ran { took, failed });
        }
    }
}

/// Says that a page is kept when all of it has been sent.
pub(super) fn kept(home: &Home, facts: &Facts, tags: impl Iterator<Item = Key>) -> Kept {
    let tags = TagName::each_once(tags.map(|tag| home.cache.told_name_of(tag.as_str())));
    Kept::Page { time: Duration::from_millis(facts.fresh), tags }
}
