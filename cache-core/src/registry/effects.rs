//! What withdraws what: functions, events and calls by hand on the one side, sites and tags on the other, as the
//! program is seen to do it. Nothing is counted before somebody wants to see it.

use std::collections::HashMap;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ahash::RandomState;
use once_cell::sync::Lazy;

use super::{Site, sites};
use crate::events;
use crate::key::pattern;
use crate::lock::{RwLock, read, write};

/// Who withdraws something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// A function with `#[invalidates]` or `#[updates]`: its name, and where the attribute stands.
    Function(&'static str, &'static Location<'static>),
    /// Listeners to changes of a type: its name.
    Event(&'static str),
    /// A call of a companion, or of `invalidate_tag`.
    Hand,
}

/// What is withdrawn.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// Entries of a site.
    Site(&'static Site),
    /// What has a tag of this pattern; `None` for one that no site says.
    Tag(Option<&'static str>),
}

/// That somebody has withdrawn something, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// Who.
    pub by: By,
    /// What.
    pub on: On,
    /// How often.
    pub count: u64,
}

/// One `On` that can be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Target {
    Site(usize),
    Tag(Option<&'static str>),
}

type Seen = HashMap<(By, Target), (On, AtomicU64), RandomState>;

static IS_WATCHED: AtomicBool = AtomicBool::new(false);
static SEEN: Lazy<RwLock<Seen>> = Lazy::new(RwLock::default);

/// So many are told apart: a program has a few hundred.
const MOST: usize = 4096;

/// Begins to count, for as long as the program runs.
pub fn watch() {
    IS_WATCHED.store(true, Ordering::Relaxed);
}

/// Returns what was seen since somebody [watches](watch), in no order.
#[must_use]
pub fn effects() -> Vec<Effect> {
    let seen = read(&SEEN);
    let each = seen.iter().map(|(&(by, _), (on, count))| (by, *on, count.load(Ordering::Relaxed)));
    each.map(|(by, on, count)| Effect { by, on, count }).collect()
}

#[inline]
pub(crate) fn is_watched() -> bool {
    IS_WATCHED.load(Ordering::Relaxed)
}

/// Counts that somebody withdraws something, if anybody wants to know.
pub(crate) fn note(by: By, on: On) {
    if !is_watched() {
        return;
    }
    let target = match on {
        On::Site(site) => Target::Site(ptr::from_ref(site).addr()),
        On::Tag(pattern) => Target::Tag(pattern),
    };
    if let Some((_, count)) = read(&SEEN).get(&(by, target)) {
        count.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let mut seen = write(&SEEN);
    if seen.len() < MOST {
        seen.entry((by, target)).or_insert((on, AtomicU64::new(0))).1.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns who withdraws something on this thread, where no attribute says that.
pub(crate) fn somebody() -> By {
    events::current().map_or(By::Hand, By::Event)
}

/// Counts that somebody withdraws the entry of a site.
pub(crate) fn note_site(site: &'static Site) {
    if is_watched() {
        note(somebody(), On::Site(site));
    }
}

/// Counts that somebody withdraws a tag, of which no more is known than what it reads like.
pub(crate) fn note_tag(tag: &str) {
    if is_watched() {
        note(somebody(), On::Tag(pattern_of(tag)));
    }
}

/// Returns the pattern of the tags of sites that a text can be written by.
fn pattern_of(tag: &str) -> Option<&'static str> {
    static PATTERNS: Lazy<Vec<(String, &str)>> = Lazy::new(|| {
        let patterns = sites().flat_map(Site::tag_patterns).copied();
        patterns.map(|tag| (pattern::start(tag), tag)).collect()
    });
    let text = tag.replace('<', "<<").replace('>', ">>");
    let can = |(start, pattern): &&(String, &str)| tag.starts_with(start) && pattern::can_meet(pattern, &text);
    PATTERNS.iter().find(can).map(|(_, pattern)| *pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_withdraws_what_is_counted_from_the_first_look_on_and_bounded() {
        static POSTS: Site = Site::at("effects", None, "posts", file!(), line!(), "effects:posts");
        let by = |name| By::Function(name, Location::caller());
        let (early, save) = (by("early"), by("save"));
        note(early, On::Site(&POSTS));
        watch();
        (0..3).for_each(|_| note(save, On::Site(&POSTS)));
        note(save, On::Tag(None));
        let of = |by| effects().into_iter().filter(move |effect| effect.by == by).collect::<Vec<_>>();
        assert_eq!((of(early).len(), of(save).len()), (0, 2));
        let is_posts = |effect: &Effect| matches!(effect.on, On::Site(site) if ptr::eq(site, &raw const POSTS));
        assert_eq!(of(save).into_iter().find(is_posts).map(|effect| effect.count), Some(3));
        let names: Vec<&'static str> = (0..2 * MOST).map(|name| &*name.to_string().leak()).collect();
        for name in names {
            note(By::Event(name), On::Tag(None));
        }
        assert_eq!(effects().len(), MOST);
    }
}
