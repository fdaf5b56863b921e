//! What is kept under the key of a page: the page itself, or what its variants are told apart by.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::aspect::Aspect;
use super::record::Page;
use super::site::Site;
use crate::key::{Key, mark};

/// What is kept under the key of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Front {
    /// The only page behind this URL so far.
    Page(Page),
    /// There are several, each under a key of its own.
    Variants(Variants),
    /// What it was answered with last was not to be kept, so nobody waits for anybody else's answer.
    Pass,
}

/// What the variants of a page are told apart by: as many lists as there are different `Vary` headers.
#[derive(Clone, Debug)]
pub(super) struct Variants(Arc<Known>);

#[derive(Debug)]
struct Known {
    /// What the keys of all variants hold: with this, all of them are out of reach when the URL is invalidated.
    stamp: u64,
    lists: Box<[Box<[Aspect]>]>,
}

/// What the keys of variants are written under.
pub(super) const VARIANT: u64 = mark("page-variant:<stamp>:<site>:<aspects>");

/// How many different lists one URL may have. A page has one or two; who has more varies on the weather.
const MOST_LISTS: usize = 8;

impl Variants {
    pub(super) fn new(list: Box<[Aspect]>) -> Self {
        Self(Arc::new(Known { stamp: RandomState::new().hash_one(0), lists: [list].into() }))
    }

    /// Returns these with one list more; the one that was learned first makes room.
    ///
    /// Pages that say nothing themselves of what they vary on are bare. Such a list comes first, and is looked under
    /// last: its pages answer everybody, and those that are made for somebody are better (RFC 9111, 4.1).
    pub(super) fn with(&self, list: Box<[Aspect]>, is_bare: bool) -> Self {
        let forgotten = (self.0.lists.len() + 1).saturating_sub(MOST_LISTS);
        let known = self.0.lists.iter().skip(forgotten).cloned();
        let lists = if is_bare { [list].into_iter().chain(known).collect() } else { known.chain([list]).collect() };
        Self(Arc::new(Known { stamp: self.0.stamp, lists }))
    }

    /// Returns whether these are of one making: the URL was not invalidated in between.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.stamp == other.0.stamp
    }

    pub(super) fn knows(&self, list: &[Aspect]) -> bool {
        self.0.lists.iter().any(|known| **known == *list)
    }

    /// Returns the keys under which a page for this request may be.
    pub(super) fn keys<'a>(&'a self, site: &'a Site, request: &'a HeaderMap) -> impl Iterator<Item = Key> + 'a {
        self.0.lists.iter().rev().map(|list| self.key(list, site, request))
    }

    /// Returns the key of one variant.
    pub(super) fn key(&self, list: &[Aspect], site: &Site, request: &HeaderMap) -> Key {
        Key::write(VARIANT, |key| {
            key.literal("page-variant:").part(&self.0.stamp).literal(":").part(&site.mark).literal(":");
            for aspect in list {
                let (is_cookie, name) = aspect.order();
                key.part(&is_cookie).literal("/").text(name);
                match site.setup.view.value(request, aspect) {
                    Some(value) => drop(key.literal("=").bytes(&value).literal(":")),
                    None => drop(key.literal(":")),
                }
            }
        })
    }

    /// Returns the key of what is known of those that are kept.
    pub(super) fn ring(&self) -> Key {
        const MARK: u64 = mark("page-variants:<stamp>");
        Key::write(MARK, |key| {
            key.literal("page-variants:").part(&self.0.stamp);
        })
    }
}

/// Returns what a page is told apart by: what the site says, and what the page says itself in `Vary`.
pub(super) fn list(site: &[Aspect], vary: impl IntoIterator<Item = HeaderName>) -> Box<[Aspect]> {
    let mut list: Vec<_> = site.iter().cloned().chain(vary.into_iter().map(Aspect::from)).collect();
    list.sort_by(|one, other| one.order().cmp(&other.order()));
    list.dedup();
    list.into()
}

impl Serialize for Variants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0.stamp, &self.0.lists).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Variants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (stamp, lists) = Deserialize::deserialize(deserializer)?;
        Ok(Self(Arc::new(Known { stamp, lists })))
    }
}
