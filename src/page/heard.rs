//! What a handler has said of its own page, through [`entry`](crate::entry), and the tags of what the page was made of.

use cache_core::explain::page::Refusal;

use crate::entry::Wishes;
use crate::key::TagName;
use crate::{Key, Ttl};

/// What is known of a page besides the page; of most that is nothing, and takes no room.
#[derive(Debug, Default)]
pub(super) struct Heard(Option<Box<Said>>);

#[derive(Debug, Default)]
struct Said {
    time: Option<u64>,
    at_most: Option<u64>,
    is_discarded: bool,
    has_too_many_tags: bool,
    /// In order, and each once.
    tags: Box<[TagName]>,
}

impl From<Wishes> for Heard {
    fn from(wishes: Wishes) -> Self {
        let time = wishes.ttl.and_then(millis);
        let at_most = wishes.at_most.map(Ttl::For).and_then(millis);
        let is_discarded = wishes.discard || time == Some(0) || at_most == Some(0);
        let has_too_many_tags = wishes.too_many_tags;
        let says_something =
            time.is_some() || at_most.is_some() || is_discarded || has_too_many_tags || !wishes.tags.is_empty();
        let tags = in_order(wishes.tags);
        Self(says_something.then(|| Box::new(Said { time, at_most, is_discarded, has_too_many_tags, tags })))
    }
}

impl Heard {
    /// Returns how long the page is good for, in milliseconds.
    pub(super) fn time(&self) -> Option<u64> {
        self.0.as_ref()?.time
    }

    /// Returns how long the page is good for at most, in milliseconds, whatever else is said.
    pub(super) fn at_most(&self) -> Option<u64> {
        self.0.as_ref()?.at_most
    }

    /// Returns whether the page is not to be kept: a time of nothing says so too.
    pub(super) fn is_discarded(&self) -> bool {
        self.0.as_ref().is_some_and(|said| said.is_discarded)
    }

    /// Returns why the page is not to be kept, where its handler says so, or what it has read.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self.0.as_deref()? {
            Said { is_discarded: true, .. } => Some(Refusal::Discarded),
            Said { has_too_many_tags: true, .. } => Some(Refusal::TooManyTags),
            Said { .. } => None,
        }
    }

    /// Returns the tags as a cache takes them.
    pub(super) fn tags(&self) -> impl Iterator<Item = Key> {
        self.names().iter().map(Key::from)
    }

    /// Returns the names of the tags.
    pub(super) fn names(&self) -> &[TagName] {
        self.0.as_ref().map_or(&[], |said| &said.tags)
    }

    /// Adds the tags that the handler said when it made the page of which it now says that it has not changed.
    pub(super) fn as_before(&mut self, names: &[TagName]) {
        if !names.is_empty() {
            let said = self.0.get_or_insert_default();
            said.tags = in_order(said.tags.iter().chain(names).cloned().collect());
        }
    }
}

/// Returns a time in milliseconds, rounded down but never to nothing; `None` where the site's own is meant.
fn millis(ttl: Ttl) -> Option<u64> {
    match ttl {
        Ttl::Default => None,
        Ttl::Forever => Some(u64::MAX),
        Ttl::For(time) if time.is_zero() => Some(0),
        Ttl::For(time) => Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)),
    }
}

fn in_order(mut tags: Vec<TagName>) -> Box<[TagName]> {
    tags.sort();
    tags.dedup();
    tags.into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_is_rounded_down_but_never_to_nothing() {
        let table = [
            (Ttl::For(Duration::from_micros(1500)), Some(1)),
            (Ttl::For(Duration::from_nanos(1)), Some(1)),
            (Ttl::For(Duration::ZERO), Some(0)),
            (Ttl::For(Duration::MAX), Some(u64::MAX)),
            (Ttl::Forever, Some(u64::MAX)),
            (Ttl::Default, None),
        ];
        for (ttl, expected) in table {
            assert_eq!(millis(ttl), expected, "{ttl:?}");
        }
    }

    #[test]
    fn tags_that_are_said_again_and_again_are_kept_once() {
        let names = |tags: &[&'static str]| tags.iter().map(|tag| TagName::from(Key::from(*tag))).collect::<Vec<_>>();
        let heard = |tags: &[&'static str]| {
            let mut heard = Heard::default();
            heard.as_before(&names(tags));
            heard
        };
        let mut page = heard(&["b", "a", "b"]).names().to_vec();
        for _ in 0..3 {
            let mut again = heard(&["c", "a"]);
            again.as_before(&page);
            page = again.names().to_vec();
        }
        assert_eq!(page, names(&["a", "b", "c"]));
    }
}
