//! Where a page is to be kept, and keeping it there.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::aspect::Aspect;
use super::named::Named;
use super::part::{self, Part};
use super::record::Page;
use super::ring;
use super::site::{Home, Quest, Setup, Site};
use super::variant::{self, Front, Variants};
use crate::entry::Hearing;
use crate::{Filling, Key, Options};

/// Where a page is to be kept.
pub(super) enum Shelf {
    /// Under the key of its URL: it has no variants.
    Url(Arc<Filling>),
    /// Beside other variants, under a key of its own.
    Beside(Box<(Filling, Key)>, Variants),
    /// Under a key of its own: it is a part, and was asked for like this. Beside it stands the right to keep its page.
    Part(Box<(Filling, HeaderValue)>, Arc<Filling>),
}

/// How often a list of variants is tried to be written that others write too.
const TRIES: usize = 3;

impl Shelf {
    /// Returns the place of a part.
    pub(super) fn part(page: &Key, range: &HeaderValue, filling: &Arc<Filling>) -> Self {
        Self::Part(Box::new((filling.beside(part::key(page)), range.clone())), Arc::clone(filling))
    }

    /// Keeps the page, and says whether it is kept: not where it was invalidated meanwhile.
    pub(super) async fn keep(
        self,
        (setup, home): (&Setup, &Home),
        request: &Parts,
        heard: &Hearing,
        page: Page,
    ) -> bool {
        let left = page.facts().kept_until().saturating_sub(home.now());
        let (time, mut tags) = (Options::ttl(Duration::from_millis(left)), tags(setup, request, &page.head().headers));
        tags.extend(page.tags().iter().map(Key::from));
        match self {
            Self::Url(filling) => home.kept(filling.keep_heard(heard, tags, Front::Page(page), time).await),
            Self::Beside(variant, variants) => {
                let (filling, key) = *variant;
                let is_kept = home.kept(filling.keep_heard(heard, tags, Front::Page(page), time).await);
                ring::note(home, &variants.ring(), &key, setup.variants).await;
                is_kept
            }
            // The right to keep the part begins with its head, and that to keep the page with the question.
            Self::Part(own, whole) if whole.is_good() => match Part::new(&own.1, page) {
                Some(part) => home.kept(own.0.keep_heard(heard, tags, part, time).await),
                None => false,
            },
            Self::Part(..) => false,
        }
    }
}

/// Notes by what the pages of a URL are told apart, unless that is known. Returns all that is known then, and what tells
/// from now on whether the URL is invalidated; `None` where it was already.
pub(super) async fn list(
    (site, home): (&Site, &Home),
    quest: &Quest,
    filling: &Arc<Filling>,
    variants: Variants,
    aspects: &[Aspect],
) -> Option<(Variants, Arc<Filling>)> {
    site.mention_what_is_hidden(aspects);
    let variants = match &quest.variants {
        Some(_) if variants.knows(aspects) => return Some((variants, Arc::clone(filling))),
        Some(_) => learn((site, home), &quest.key, &variants, aspects).await?,
        None => {
            let front = Front::Variants(variants.clone());
            home.kept(filling.keep(front, Options::forever()).await).then_some(variants)?
        }
    };
    settled(home, quest, filling, variants).await
}

/// Returns the lists that were written for a URL, with the right that stands from then on: writing has ended the one from
/// before. `None` where they are gone again.
async fn settled(home: &Home, quest: &Quest, since: &Filling, ours: Variants) -> Option<(Variants, Arc<Filling>)> {
    let watch = Arc::new(since.beside(&quest.key));
    match home.cache.peek_outside(&quest.key).await {
        Ok(Some(Front::Variants(current))) if current.is_same(&ours) => Some((ours, watch)),
        _ => None,
    }
}

/// Adds a list to those of a URL, unless that was invalidated since `known` was read.
async fn learn((site, home): (&Site, &Home), key: &Key, known: &Variants, aspects: &[Aspect]) -> Option<Variants> {
    let is_bare = *aspects == *variant::list(&site.setup.aspects, []);
    for _ in 0..TRIES {
        let filling = home.cache.fill(key);
        // With a ticket: another process may invalidate the URL, and what is written here would bring all of it back.
        home.heard(filling.look_at_tags([] as [Key; 0]).await)?;
        let Ok(Some(Front::Variants(current))) = home.cache.peek_outside(key).await else { return None };
        if !current.is_same(known) {
            return None;
        }
        if current.knows(aspects) {
            return Some(current);
        }
        let more = current.with(aspects.into(), is_bare);
        if home.kept(filling.keep(Front::Variants(more.clone()), Options::forever()).await) {
            return Some(more);
        }
    }
    None
}

/// Returns the tags of all pages of this place, and those of what was asked for.
pub(super) fn known_tags<'a>(setup: &'a Setup, request: &'a Parts) -> impl Iterator<Item = Key> + 'a {
    let named = request.extensions.get::<Named>().into_iter().flat_map(Named::tags);
    setup.tags.iter().chain(named).cloned()
}

/// Returns the same, and those that a response says it has.
pub(super) fn tags(setup: &Setup, request: &Parts, response: &HeaderMap) -> Vec<Key> {
    let lines = setup.tags_from.iter().flat_map(|name| response.get_all(name));
    let words = lines.flat_map(|line| line.as_bytes().split(|byte| byte.is_ascii_whitespace() || *byte == b','));
    let words = words.filter(|word| !word.is_empty());
    let own = words.map(|word| Key::from(&*String::from_utf8_lossy(word)));
    known_tags(setup, request).chain(own).collect()
}
