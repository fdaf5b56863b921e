//! What a handler has said of its own page, through [`entry`](crate::entry).

use crate::entry::Wishes;
use crate::key::TagName;
use crate::{Key, Ttl};

/// What a handler has said of its own page.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// How long it is good for, in milliseconds.
    pub(super) time: Option<u64>,
    /// Whether it is not to be kept: a time of nothing says so too.
    pub(super) is_discarded: bool,
    /// In order, and each once.
    tags: Box<[TagName]>,
}

impl From<Wishes> for Heard {
    fn from(wishes: Wishes) -> Self {
        let time = wishes.ttl.and_then(millis);
        Self { time, is_discarded: wishes.discard || time == Some(0), tags: in_order(wishes.tags) }
    }
}

impl Heard {
    /// Returns the tags as a cache takes them.
    pub(super) fn tags(&self) -> impl Iterator<Item = Key> {
        self.tags.iter().map(Key::from)
    }

    /// Returns the names of the tags, to be kept with the page.
    pub(super) fn names(&self) -> Box<[TagName]> {
        self.tags.clone()
    }

    /// Adds what the handler said when it made the page that it now says is still good.
    pub(super) fn as_before(&mut self, names: &[TagName]) {
        if !names.is_empty() {
            self.tags = in_order(self.tags.iter().chain(names).cloned().collect());
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
        let heard = |tags: &[&'static str]| Heard { tags: in_order(names(tags)), ..Heard::default() };
        let mut page = heard(&["b", "a", "b"]).names();
        for _ in 0..3 {
            let mut again = heard(&["c", "a"]);
            again.as_before(&page);
            page = again.names();
        }
        assert_eq!(*page, *names(&["a", "b", "c"]));
    }
}
