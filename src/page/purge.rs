//! What was invalidated by a pattern. Nothing is looked for when that happens: a page that is about to answer is asked
//! whether it is older than the last time, and if so, by which patterns it would have gone.

mod everywhere;
mod here;
mod history;
mod known;
mod list;
mod news;
mod pattern;
mod tips;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cache_core::executor::block_on;
use cache_core::registry::caches;

use super::record::{Page, Stand};
use crate::{Cache, Error};
use everywhere::Everywhere;
use here::Here;
pub(super) use pattern::Pattern;

/// Invalidates the pages whose path is meant by this pattern, in all caches of the program, or of the test.
///
/// A star stands for any text: `"/blog/*"`. A pattern without a question mark means a path with every query. A path is meant as
/// it was asked for, byte for byte: what is not ASCII as browsers send it, `"/caf%C3%A9"`.
///
/// In this process that is done when this is first polled. Where pages live outside, all processes that share their store
/// see it within a second from when this has ended.
///
/// ```
/// use larder::{page, testing};
///
/// let _larder = testing::isolated();
/// testing::block_on(async {
///     page::invalidate("/blog/*").await?;
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When the pattern begins with no slash and no star, so that it means no path; when the program's configuration cannot be
/// used; or when a store outside fails. Other processes may then still answer with what that store holds, until this one
/// asks it for a page and finds it there again; where this one ends before, until the time of the pages is over.
pub async fn invalidate(pattern: &str) -> Result<(), Error> {
    let (pattern, caches) = (Pattern::read(pattern)?, caches()?);
    // First where nobody has to be asked.
    let purges: Vec<_> = caches.iter().map(|cache| (cache, Purges::of(cache))).collect();
    for (_, purges) in &purges {
        purges.add(pattern.clone());
    }
    let mut outcome = Ok(());
    for (cache, purges) in purges {
        outcome = outcome.and(purges.tell(cache).await);
    }
    outcome
}

/// Does the same as [`invalidate`], and blocks.
///
/// ```
/// use larder::{page, testing};
///
/// let _larder = testing::isolated();
/// page::invalidate_blocking("/blog/*")?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// As there.
pub fn invalidate_blocking(pattern: &str) -> Result<(), Error> {
    block_on(invalidate(pattern))
}

/// Invalidates the pages of one cache whose path is meant by this pattern, as [`invalidate`] does.
///
/// ```
/// use larder::{page, testing};
///
/// let larder = testing::isolated();
/// testing::block_on(page::invalidate_in(&larder.cache("default"), "/blog/*"))?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When the pattern means no path, or the cache lives outside and its store fails.
pub async fn invalidate_in(cache: &Cache, pattern: &str) -> Result<(), Error> {
    let (pattern, purges) = (Pattern::read(pattern)?, Purges::of(cache));
    purges.add(pattern);
    purges.tell(cache).await
}

/// Does the same as [`invalidate_in`], and blocks.
///
/// ```
/// use larder::{page, testing};
///
/// let larder = testing::isolated();
/// page::invalidate_in_blocking(&larder.cache("default"), "/blog/*")?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// As there.
pub fn invalidate_in_blocking(cache: &Cache, pattern: &str) -> Result<(), Error> {
    block_on(invalidate_in(cache, pattern))
}

/// How often something became known of purges in all caches: what is read before its cache is known is told by that what
/// came after.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// Returns how often that was.
pub(super) fn sequence() -> u64 {
    SEQUENCE.load(Ordering::Acquire)
}

fn next() -> u64 {
    SEQUENCE.fetch_add(1, Ordering::AcqRel) + 1
}

/// The patterns of one cache by which pages were invalidated: in this process, where its pages are, or in all of them.
#[derive(Clone, Debug)]
pub(super) enum Purges {
    Here(Arc<Here>),
    Everywhere(Arc<Everywhere>),
}

/// How things stood when something began to be read: it is younger than all purges before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// How many purges there had been in this process.
    here: u64,
    /// What a page carries. Where no list could be read in a store outside, it has no epoch.
    there: Stand,
}

impl Point {
    pub(super) fn stand(self) -> Stand {
        self.there
    }
}

impl Purges {
    pub(super) fn of(cache: &Cache) -> Self {
        if cache.is_outside() { Self::Everywhere(cache.beside()) } else { Self::Here(cache.beside()) }
    }

    /// Returns how things stand: what begins now is younger than all purges so far.
    pub(super) fn now(&self) -> Point {
        match self {
            Self::Here(here) => here.now(),
            Self::Everywhere(everywhere) => everywhere.now(),
        }
    }

    /// Returns how things stood at a moment, as all caches count.
    pub(super) fn at(&self, sequence: u64) -> Point {
        match self {
            Self::Here(here) => here.at(sequence),
            Self::Everywhere(everywhere) => everywhere.at(sequence),
        }
    }

    /// Notes that some pages go by more than their URL.
    pub(super) fn note_more(&self) {
        match self {
            Self::Here(here) => here.note_more(),
            Self::Everywhere(everywhere) => everywhere.note_more(),
        }
    }

    /// Returns whether some do, as far as that is known.
    pub(super) fn go_by_more(&self) -> bool {
        match self {
            Self::Here(here) => here.go_by_more(),
            Self::Everywhere(everywhere) => everywhere.go_by_more(),
        }
    }

    /// Returns whether some do of those that other processes make.
    pub(super) async fn ask_for_more(&self, cache: &Cache) -> Result<bool, Error> {
        match self {
            Self::Here(_) => Ok(false),
            Self::Everywhere(everywhere) => everywhere.ask_for_more(cache).await,
        }
    }

    /// Invalidates what a pattern means, in this process.
    pub(super) fn add(&self, pattern: Pattern) {
        match self {
            Self::Here(here) => here.add(pattern),
            Self::Everywhere(everywhere) => everywhere.add(pattern),
        }
    }

    /// Tells it all others.
    pub(super) async fn tell(&self, cache: &Cache) -> Result<(), Error> {
        match self {
            Self::Here(_) => Ok(()),
            Self::Everywhere(everywhere) => everywhere.tell(cache).await,
        }
    }

    /// Finds out what others have invalidated, before a page is judged.
    pub(super) async fn learn(&self, cache: &Cache, page: &Page) -> Result<(), Error> {
        match self {
            Self::Here(_) => Ok(()),
            Self::Everywhere(everywhere) => everywhere.learn(cache, Some(page.stand())).await,
        }
    }

    /// Finds out how things stand before a page is made that began to be read at this point, and at this moment where that was
    /// before its cache was known. Returns the point that it is to carry.
    pub(super) async fn begin(&self, cache: &Cache, point: Point, came: Option<u64>) -> Result<Point, Error> {
        let Self::Everywhere(everywhere) = self else { return Ok(point) };
        let now = everywhere.begin(cache).await?;
        let there = match came.map(|sequence| everywhere.at(sequence).there) {
            None => now,
            // Nothing was known then. What the list remembers may have come since.
            Some(there) if there == Stand::default() => everywhere.oldest(),
            Some(there) => there,
        };
        Ok(Point { there, ..point })
    }

    /// Makes sure that those can judge a page who find it, before it is kept.
    pub(super) async fn settle(&self, cache: &Cache) -> Result<(), Error> {
        match self {
            Self::Here(_) => Ok(()),
            Self::Everywhere(everywhere) => everywhere.settle(cache).await,
        }
    }

    /// Returns whether a page was invalidated since it was begun.
    #[inline]
    pub(super) fn took<'a, U>(&self, page: &Page, target: impl FnOnce() -> Result<Cow<'a, str>, U>) -> bool {
        match self {
            Self::Here(here) => here.came_after(page) && target().map_or(true, |target| here.took(page, &target)),
            Self::Everywhere(everywhere) => target().map_or(true, |target| everywhere.took(page, &target)),
        }
    }

    /// Returns whether what is of this path was invalidated since then.
    pub(super) fn took_since(&self, since: Point, target: &str) -> bool {
        match self {
            Self::Here(here) => here.took_since(since.here, target),
            Self::Everywhere(everywhere) => everywhere.took_since(since, target),
        }
    }
}
