//! Tags: names of groups of entries, each of which can be invalidated in one step.
//!
//! Invalidations are counted, over all tags together. An entry remembers how many there had been when what it holds began
//! to be read, and a tag the number of its own last one: an entry with a tag whose number is higher is withdrawn. So
//! nothing has to be looked for when a tag is invalidated, and what was read before is withdrawn also where it is kept
//! only afterwards.

mod times;

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

use crate::lock::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::lock::{Mutex, lock};
use times::Times;

/// All tags that entries have now.
#[derive(Debug, Default)]
pub struct Tags {
    invalidations: AtomicU64,
    known: Mutex<Known>,
    /// Whether anything lives outside that may have tags: else nobody asks when one was invalidated.
    has_outsiders: AtomicBool,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Known {
    tags: HashMap<Box<str>, Tag, RandomState>,
    /// The last number that a tag had which is not known any more, or was not at the time.
    forgotten: u64,
    /// How many tags there may be before those that no entry has are forgotten.
    enough: usize,
}

/// How many invalidations there had been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

/// When something began to be read of which nobody knew yet in which cache it was to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    /// Of which tags that is the moment: where they are, and nothing is read there.
    tags: usize,
    moment: Moment,
    at: u64,
}

/// The number of a tag's last invalidation.
#[derive(Clone, Debug)]
pub struct Tag(Arc<AtomicU64>);

/// What binds an entry to its tags.
#[derive(Clone, Debug)]
pub struct Bonds {
    since: Moment,
    tags: Box<[Tag]>,
}

impl Tags {
    /// Returns the present, for an entry whose value is about to be read at its source.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(self.invalidations.load(Ordering::Acquire))
    }

    /// Returns the present too, for what is told its cache only later, and the time in milliseconds.
    #[must_use]
    pub fn begin(self: &Arc<Self>, at: u64) -> Began {
        Began { tags: Arc::as_ptr(self).addr(), moment: self.now(), at }
    }

    /// Returns the moment when something began; now, where that was told by other tags.
    #[must_use]
    pub fn since(self: &Arc<Self>, began: Began) -> Moment {
        if began.tags == Arc::as_ptr(self).addr() { began.moment } else { self.now() }
    }

    /// Returns the tag of this name.
    #[must_use]
    pub fn tag(&self, name: &str) -> Tag {
        let mut known = lock(&self.known);
        if let Some(tag) = known.tags.get(name) {
            return tag.clone();
        }
        known.forget_what_nobody_has();
        // Nobody knows when it was invalidated, if it was.
        let tag = Tag(Arc::new(AtomicU64::new(known.forgotten)));
        known.tags.insert(name.into(), tag.clone());
        tag
    }

    /// Remembers from now on when tags are invalidated, for what lives outside.
    pub fn remember_times(&self) {
        self.has_outsiders.store(true, Ordering::Release);
    }

    /// Returns whether one of these tags was invalidated at this time, in milliseconds, or later, by this process.
    pub fn any_since<'a>(&self, names: impl IntoIterator<Item = &'a str>, begun: u64) -> bool {
        lock(&self.times).any_since(names, begun)
    }

    /// Withdraws all entries that have this tag, and those that are being loaded and will have it. It is `now`, in
    /// milliseconds.
    pub fn invalidate(&self, name: &str, now: u64) {
        if self.has_outsiders.load(Ordering::Acquire) {
            lock(&self.times).note(name, now);
        }
        let mut known = lock(&self.known);
        let number = self.invalidations.fetch_add(1, Ordering::AcqRel) + 1;
        match known.tags.get(name) {
            Some(tag) => tag.0.store(number, Ordering::Release),
            // A body under way may still give its result this tag.
            None => known.forgotten = number,
        }
    }
}

impl Known {
    fn forget_what_nobody_has(&mut self) {
        const FEW: usize = 64;
        if self.tags.len() < self.enough.max(FEW) {
            return;
        }
        let mut forgotten = self.forgotten;
        self.tags.retain(|_, tag| {
            let is_used = Arc::strong_count(&tag.0) > 1;
            if !is_used {
                forgotten = forgotten.max(tag.number());
            }
            is_used
        });
        (self.forgotten, self.enough) = (forgotten, 2 * self.tags.len());
    }
}

impl Began {
    /// Returns when it was, in milliseconds.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }
}

impl Tag {
    fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl Bonds {
    /// Binds an entry, whose value was read after `since`, to these tags; `None` where there are none.
    #[must_use]
    pub fn new(since: Moment, tags: impl IntoIterator<Item = Tag>) -> Option<Self> {
        let tags: Box<[_]> = tags.into_iter().collect();
        (!tags.is_empty()).then_some(Self { since, tags })
    }

    /// Returns whether one of the tags was invalidated since.
    #[must_use]
    pub fn are_cut(&self) -> bool {
        self.tags.iter().any(|tag| tag.number() > self.since.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bonds(tags: &Tags, since: Moment, names: &[&str]) -> Bonds {
        Bonds::new(since, names.iter().map(|name| tags.tag(name))).expect("there are some")
    }

    #[test]
    fn a_tag_cuts_the_ties_of_all_who_have_it_and_of_nobody_else() {
        let tags = Tags::default();
        let [one, both, other] = [&["a"][..], &["a", "b"], &["b"]].map(|names| bonds(&tags, tags.now(), names));
        tags.invalidate("a", 0);
        assert_eq!([&one, &both, &other].map(Bonds::are_cut), [true, true, false]);
        assert!(!bonds(&tags, tags.now(), &["a"]).are_cut(), "what is read now is new");
        assert!(Bonds::new(tags.now(), []).is_none());
    }

    #[test]
    fn what_was_read_before_is_cut_also_where_its_tag_is_only_told_afterwards() {
        let tags = Tags::default();
        let before = tags.now();
        tags.invalidate("nobody has it yet", 0);
        assert!(bonds(&tags, before, &["nobody has it yet"]).are_cut());
    }

    #[test]
    fn what_began_with_other_tags_is_as_old_as_now() {
        let (tags, others) = (Arc::new(Tags::default()), Arc::new(Tags::default()));
        let (before, elsewhere) = (tags.begin(0), others.begin(0));
        tags.invalidate("a", 0);
        assert_ne!(tags.since(before), tags.now());
        assert_eq!(tags.since(elsewhere), tags.now());
    }

    #[test]
    fn tags_that_no_entry_has_are_forgotten_and_old_values_do_not_come_back_by_that() {
        let tags = Tags::default();
        let before = tags.now();
        let kept = bonds(&tags, before, &["kept"]);
        drop(tags.tag("lost"));
        tags.invalidate("lost", 0);
        for number in 0..if cfg!(miri) { 300 } else { 10_000 } {
            drop(tags.tag(&format!("tag:{number}")));
        }
        assert!(lock(&tags.known).tags.len() < 200);
        assert!(bonds(&tags, before, &["lost"]).are_cut(), "nobody knows, so it is");
        assert!(!kept.are_cut());
        tags.invalidate("kept", 0);
        assert!(kept.are_cut(), "what is in use is not forgotten");
    }
}
