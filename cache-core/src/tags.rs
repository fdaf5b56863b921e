//! Tags: names of groups of entries, each of which can be invalidated in one step.
//!
//! Invalidations are counted, over all tags together. An entry remembers how many there had been when what it holds began
//! to be read, and a tag the number of its own last one: an entry with a tag whose number is higher is withdrawn. So
//! nothing has to be looked for when a tag is invalidated, and what was read before is withdrawn also where it is kept
//! only afterwards.
//!
//! Outside of the process a tag has a version, which its entries carry. What tells whether such a version stood still
//! while something was read are [`Sightings`].

mod inherited;
mod sightings;

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ahash::RandomState;

use crate::codec::wire::TagVersion;
use crate::lock::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::lock::{Mutex, lock};
pub use inherited::{Inherited, MOST as MOST_INHERITED, Seen, versions_in};
pub use sightings::Sightings;

/// All tags that entries have now.
#[derive(Debug, Default)]
pub struct Tags {
    invalidations: AtomicU64,
    /// How often a version was seen in some store outside.
    sightings: AtomicU64,
    known: Mutex<Known>,
    /// Whether anything lives outside that may have tags: else nobody needs their fingerprints.
    has_outsiders: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    tags: HashSet<Tag, RandomState>,
    /// The last number that a tag had which is not known any more, or was not at the time.
    forgotten: u64,
    /// The same of those of which only the fingerprint was known: stores outside tell of many, which nobody here has.
    forgotten_outside: u64,
    /// How many tags there may be before those that no entry has are forgotten.
    enough: usize,
}

/// How many invalidations there had been, and how many sightings.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    invalidations: u64,
    sightings: u64,
}

/// When something began to be read of which nobody knew yet in which cache it was to be kept.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    /// Of which tags that is the moment: where they are, and nothing is read there.
    tags: usize,
    moment: Moment,
    at: u64,
}

/// A tag: its name, and the number of its last invalidation.
#[derive(Clone, Debug)]
pub struct Tag(Arc<Named>);

#[derive(Debug)]
struct Named {
    number: AtomicU64,
    name: Box<str>,
}

/// What binds an entry to its tags.
#[derive(Clone, Debug)]
pub struct Bonds {
    since: Moment,
    tags: Box<[Tag]>,
    /// What versions they had then in the store outside that the entry lives in, as far as that is known.
    versions: Box<[TagVersion]>,
    /// What versions tags had in whatever store, for what is made of the entry.
    seen: Box<[Seen]>,
    /// Whether there are more tags than can be told apart, for what is made of it too.
    are_too_many: bool,
}

/// Returns the fingerprint of a tag, by which stores outside know it. Whoever finds two names with one may invalidate too
/// much by that, and never too little.
///
/// ```
/// use cache_core::tags::fingerprint;
///
/// assert_eq!(fingerprint("author:7"), fingerprint("author:7"));
/// assert_ne!(fingerprint("author:7"), fingerprint("author:8"));
/// ```
#[must_use]
pub fn fingerprint(name: &str) -> u64 {
    if let Some(fingerprint) = said_in(name) {
        return fingerprint;
    }
    let hash = blake3::hash(name.as_bytes());
    hash.as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes)
}

/// Returns the same, where stores outside may know the tag: those of namespaces are known to the store of their cache
/// alone.
#[must_use]
pub fn fingerprint_abroad(name: &str) -> Option<u64> {
    (is_unnamed(name) || !name.contains('\n')).then(|| fingerprint(name))
}

impl Tags {
    /// Returns the present, for an entry whose value is about to be read at its source.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment {
            invalidations: self.invalidations.load(Ordering::Acquire),
            sightings: self.sightings.load(Ordering::Acquire),
        }
    }

    /// Counts a sighting, and returns its number.
    fn sight(&self) -> u64 {
        self.sightings.fetch_add(1, Ordering::AcqRel) + 1
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
        let tag = Tag(Arc::new(Named { number: AtomicU64::new(known.last_of(name)), name: name.into() }));
        known.tags.insert(tag.clone());
        tag
    }

    /// Returns the tag that has this fingerprint, for what comes from outside and does not know its name.
    #[must_use]
    pub fn of_fingerprint(&self, fingerprint: u64) -> Tag {
        self.tag(&unnamed(fingerprint))
    }

    /// Returns the name of the tag that has this fingerprint, if anybody here has said it; what it is called here, else.
    /// Looks at all names: it is for who explains.
    #[must_use]
    pub fn name_of(&self, fingerprint: u64) -> String {
        let is_it = |name: &str| match name.split_once('\n') {
            // Stores outside know the tags of namespaces without the caches that they are in.
            Some((_, start)) if !is_unnamed(name) => self::fingerprint(start) == fingerprint,
            Some(_) => false,
            None => self::fingerprint(name) == fingerprint,
        };
        let known = lock(&self.known);
        let named = known.tags.iter().map(Tag::name).find(|name| is_it(name));
        named.map_or_else(|| unnamed(fingerprint), str::to_owned)
    }

    /// Withdraws what came from outside with this tag: its marker there says something else than it did.
    pub fn withdraw(&self, fingerprint: u64) {
        let mut known = lock(&self.known);
        let number = self.invalidations.fetch_add(1, Ordering::AcqRel) + 1;
        known.invalidate(&unnamed(fingerprint), number);
    }

    /// Minds fingerprints from now on, for what lives outside.
    pub fn expect_outsiders(&self) {
        self.has_outsiders.store(true, Ordering::Release);
    }

    /// Returns the fingerprint of a tag, where something lives outside: else nobody needs it.
    #[must_use]
    pub fn fingerprint(&self, name: &str) -> Option<u64> {
        self.has_outsiders.load(Ordering::Acquire).then(|| fingerprint(name))
    }

    /// Withdraws all entries of this process that have this tag, and those that are being loaded and will have it; also where
    /// they came from outside and know of no more than its fingerprint.
    pub fn invalidate(&self, name: &str, fingerprint: Option<u64>) {
        let unnamed = fingerprint.map(unnamed);
        let mut known = lock(&self.known);
        let number = self.invalidations.fetch_add(1, Ordering::AcqRel) + 1;
        known.invalidate(name, number);
        if let Some(unnamed) = unnamed {
            known.invalidate(&unnamed, number);
        }
    }
}

/// Returns what a tag of this fingerprint is called here, which no tag is called by anybody else.
fn unnamed(fingerprint: u64) -> String {
    format!("\n\n{fingerprint:016x}")
}

fn is_unnamed(name: &str) -> bool {
    name.starts_with("\n\n")
}

/// Returns the fingerprint that stands in the place of a name.
fn said_in(name: &str) -> Option<u64> {
    u64::from_str_radix(name.strip_prefix("\n\n")?, 16).ok()
}

impl Known {
    fn invalidate(&mut self, name: &str, number: u64) {
        match self.tags.get(name) {
            Some(tag) => tag.0.number.store(number, Ordering::Release),
            // A body under way may still give its result this tag.
            None if is_unnamed(name) => self.forgotten_outside = number,
            None => self.forgotten = number,
        }
    }

    /// Returns the number of the last invalidation that a tag may have had which is not known.
    fn last_of(&self, name: &str) -> u64 {
        if is_unnamed(name) { self.forgotten.max(self.forgotten_outside) } else { self.forgotten }
    }

    fn forget_what_nobody_has(&mut self) {
        const FEW: usize = 64;
        if self.tags.len() < self.enough.max(FEW) {
            return;
        }
        let (mut forgotten, mut outside) = (self.forgotten, self.forgotten_outside);
        self.tags.retain(|tag| {
            let is_used = Arc::strong_count(&tag.0) > 1;
            if !is_used {
                let last = if is_unnamed(tag.name()) { &mut outside } else { &mut forgotten };
                *last = tag.number().max(*last);
            }
            is_used
        });
        (self.forgotten, self.forgotten_outside) = (forgotten, outside);
        self.enough = 2 * self.tags.len();
    }
}

impl Began {
    /// Returns when it was, in milliseconds.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }
}

impl Moment {
    /// Returns whether no tag was invalidated by this process between the two.
    #[must_use]
    pub fn is_undisturbed_until(self, later: Self) -> bool {
        self.invalidations == later.invalidations
    }

    /// Returns the same moment for those who have seen more since: nothing was read at any source yet.
    #[must_use]
    pub fn having_seen(self, later: Self) -> Self {
        Self { sightings: later.sightings, ..self }
    }
}

impl Tag {
    /// Returns one that is no more than its name.
    fn unbound(name: &str) -> Self {
        Self(Arc::new(Named { number: AtomicU64::new(0), name: name.into() }))
    }

    fn number(&self) -> u64 {
        self.0.number.load(Ordering::Acquire)
    }

    /// Returns its name: that which it is called by here, where it came from outside.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// A tag is found by its name.
impl Borrow<str> for Tag {
    fn borrow(&self) -> &str {
        self.name()
    }
}

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Tag {}

impl Bonds {
    /// Binds an entry, whose value was read after `since`, to these tags; `None` where there are none.
    #[must_use]
    pub fn new(since: Moment, tags: impl IntoIterator<Item = Tag>) -> Option<Self> {
        let tags: Box<[_]> = tags.into_iter().collect();
        (!tags.is_empty()).then(|| Self::of(since, tags, false))
    }

    /// Binds what is not kept since it has more tags than can be told apart. What is made of it is not kept either.
    #[must_use]
    pub fn of_too_many(since: Moment, known: impl IntoIterator<Item = Tag>) -> Self {
        Self::of(since, known.into_iter().collect(), true)
    }

    fn of(since: Moment, tags: Box<[Tag]>, are_too_many: bool) -> Self {
        Self { since, tags, versions: Box::default(), seen: Box::default(), are_too_many }
    }

    /// Says which versions the tags had in the store outside before the value was read.
    #[must_use]
    pub fn with_versions(mut self, versions: Vec<TagVersion>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Says which versions tags had in some stores, for what is made of the entry.
    #[must_use]
    pub fn with_seen(mut self, seen: Vec<Seen>) -> Self {
        self.seen = seen.into();
        self
    }

    /// Returns these.
    #[must_use]
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// Returns the versions that are known.
    #[must_use]
    pub fn versions(&self) -> &[TagVersion] {
        &self.versions
    }

    /// Returns whether there are more tags than these, and too many.
    #[must_use]
    pub fn are_too_many(&self) -> bool {
        self.are_too_many
    }

    /// Returns after which moment the value was read.
    #[must_use]
    pub fn since(&self) -> Moment {
        self.since
    }

    /// Returns whether one of the tags was invalidated since.
    #[must_use]
    pub fn are_cut(&self) -> bool {
        self.cut().next().is_some()
    }

    /// Returns those of the tags that were invalidated since.
    pub fn cut(&self) -> impl Iterator<Item = &Tag> {
        self.tags.iter().filter(|tag| tag.number() > self.since.invalidations)
    }

    /// Returns all of them.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
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
        tags.invalidate("a", None);
        assert_eq!([&one, &both, &other].map(Bonds::are_cut), [true, true, false]);
        assert!(!bonds(&tags, tags.now(), &["a"]).are_cut(), "what is read now is new");
        assert!(Bonds::new(tags.now(), []).is_none());
    }

    #[test]
    fn what_was_read_before_is_cut_also_where_its_tag_is_only_told_afterwards() {
        let tags = Tags::default();
        let before = tags.now();
        tags.invalidate("nobody has it yet", None);
        assert!(bonds(&tags, before, &["nobody has it yet"]).are_cut());
    }

    #[test]
    fn a_tag_of_which_only_its_fingerprint_is_known_is_invalidated_with_it() {
        let tags = Tags::default();
        assert_eq!(tags.fingerprint("a"), None, "nobody needs it");
        tags.expect_outsiders();
        let from_outside = |name| Bonds::new(tags.now(), [tags.of_fingerprint(fingerprint(name))]).expect("a tag");
        let (a, b) = (from_outside("a"), from_outside("b"));
        tags.invalidate("a", tags.fingerprint("a"));
        assert!(a.are_cut() && !b.are_cut() && !from_outside("a").are_cut());
    }

    #[test]
    fn what_a_tag_is_called_that_has_no_name_says_its_fingerprint() {
        let (tags, of_a) = (Tags::default(), fingerprint("a"));
        assert_eq!(fingerprint(tags.of_fingerprint(of_a).name()), of_a);
        assert_eq!(fingerprint_abroad(tags.of_fingerprint(of_a).name()), Some(of_a));
        assert_eq!((fingerprint_abroad("a"), fingerprint_abroad("default\nuser%/")), (Some(of_a), None));
    }

    #[test]
    fn what_a_store_tells_withdraws_what_came_from_there_and_nothing_else() {
        let tags = Tags::default();
        let before = tags.now();
        let from_outside = |since| Bonds::new(since, [tags.of_fingerprint(fingerprint("a"))]).expect("a tag");
        tags.withdraw(fingerprint("a"));
        assert!(from_outside(before).are_cut(), "also where nobody has known it yet");
        assert!(!from_outside(tags.now()).are_cut() && !bonds(&tags, before, &["a"]).are_cut());
        let held = from_outside(tags.now());
        tags.withdraw(fingerprint("a"));
        assert!(held.are_cut());
    }

    #[test]
    fn what_began_with_other_tags_is_as_old_as_now() {
        let (tags, others) = (Arc::new(Tags::default()), Arc::new(Tags::default()));
        let (before, elsewhere) = (tags.begin(0), others.begin(0));
        tags.invalidate("a", None);
        assert!(!tags.since(before).is_undisturbed_until(tags.now()));
        assert!(tags.since(elsewhere).is_undisturbed_until(tags.now()));
    }

    #[test]
    fn a_fingerprint_has_the_name_that_somebody_here_has_said() {
        let tags = Tags::default();
        let _said = [tags.tag("a"), tags.tag("default\nuser:7%/"), tags.of_fingerprint(fingerprint("b"))];
        assert_eq!(tags.name_of(fingerprint("a")), "a");
        assert_eq!(tags.name_of(fingerprint("user:7%/")), "default\nuser:7%/");
        assert_eq!(tags.name_of(fingerprint("b")), unnamed(fingerprint("b")));
    }

    #[test]
    fn tags_that_no_entry_has_are_forgotten_and_old_values_do_not_come_back_by_that() {
        let tags = Tags::default();
        let before = tags.now();
        let kept = bonds(&tags, before, &["kept"]);
        drop(tags.tag("lost"));
        tags.invalidate("lost", None);
        for number in 0..if cfg!(miri) { 300 } else { 10_000 } {
            drop(tags.tag(&format!("tag:{number}")));
        }
        assert!(lock(&tags.known).tags.len() < 200);
        assert!(bonds(&tags, before, &["lost"]).are_cut(), "nobody knows, so it is");
        assert!(!kept.are_cut());
        tags.invalidate("kept", None);
        assert!(kept.are_cut(), "what is in use is not forgotten");
    }
}
