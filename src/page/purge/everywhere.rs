//! [`Everywhere`]: what was invalidated by patterns in any process, for a cache whose pages live outside.
//!
//! The list of purges is a value that all processes agree on, beside the pages in their store. A page carries how the list
//! stood before the page was begun, and is good while the list is the same one and no newer purge takes it. A list that the
//! store has lost is begun anew under another epoch: what was kept before is gone, and stays so.
//!
//! A store may come back as it once was, with a list that lacks the last purges, and others may add theirs to that one: by its
//! numbers it is the same list. So at each change something is drawn by chance, and who finds a list that has not gone on from
//! the one that he knows begins another, before he hands out a page. The last lists that were lost are remembered for that, too.
//! Where nobody is left who knew the newer one, nobody can tell. Who has not looked for longer than the list remembers what was
//! drawn cannot either: to him, all that is older is gone.
//!
//! What the list said is trusted for a second, so that as a rule a hit takes no other question. This process sees its own
//! purges at once. One that cannot be told to the store is told when the store is next asked for a page, before any is handed
//! out.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use cache_core::clock::Tick;
use tokio::sync::Mutex as Turn;

use super::here::Here;
use super::history::History;
use super::known::{Asking, Known};
use super::list::List;
use super::news::{News, Owed};
use super::pattern::Pattern;
use super::{Point, next};
use crate::page::record::{Page, Stand};
use crate::{Cache, Error, Kind};

/// The patterns of one cache by which pages were invalidated in any process.
#[derive(Debug, Default)]
pub(in crate::page) struct Everywhere {
    state: Mutex<State>,
    /// Those of this process, for those who ask for a page that is being made here.
    here: Here,
    /// Whose turn it is to tell the store: what others owe meanwhile is told together.
    turn: Turn<()>,
}

#[derive(Debug, Default)]
struct State {
    known: Known,
    owed: Owed,
    /// The epoch that this process would begin a list with, where there is none; not drawn yet where this is zero.
    epoch: u64,
    /// Whether this process makes pages that a write to their URL does not find by their key.
    go_by_more: bool,
    history: History<Stand>,
}

/// For whom the store is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// For those who are to see what was invalidated.
    Others,
    /// For who begins to make a page, which others may have to find.
    Making,
    /// For who keeps it.
    Keeping,
}

/// What the list is called.
const WORD: &str = "page purges";

impl Everywhere {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Point {
        Point { there: self.state().known.stand(), ..self.here.now() }
    }

    /// Returns how things stood when there had been so many purges in all caches of this process, as far as it knew.
    pub(super) fn at(&self, sequence: u64) -> Point {
        let state = self.state();
        let there = state.history.at(sequence, state.known.stand()).unwrap_or_default();
        Point { there, ..self.here.at(sequence) }
    }

    pub(super) fn note_more(&self) {
        self.state().go_by_more = true;
    }

    pub(super) fn go_by_more(&self) -> bool {
        let state = self.state();
        state.go_by_more || state.known.list().is_some_and(List::go_by_more)
    }

    /// Invalidates what a pattern means, in this process at once.
    pub(super) fn add(&self, pattern: Pattern) {
        self.state().owed.add(pattern.clone().shortened());
        self.here.add(pattern);
    }

    /// Returns whether a page was invalidated since it was begun, as far as that is known.
    pub(super) fn took(&self, page: &Page, target: &str) -> bool {
        let state = self.state();
        let taken = state.owed.takes(target) || state.takes(page.stand(), target);
        if !taken {
            page.outlived(state.known.stand().number);
        }
        taken
    }

    /// Returns whether what is of this path was invalidated since then, as far as that is known. Where the store could not be
    /// asked then, by this process.
    pub(super) fn took_since(&self, since: Point, target: &str) -> bool {
        let is_unknown = since.there == Stand::default();
        self.here.took_since(since.here, target) || (!is_unknown && self.state().takes(since.there, target))
    }

    /// Makes sure that what is known of the list was true within the last second, and that it is the one that a page goes by.
    ///
    /// # Errors
    ///
    /// When the store fails. Then no page is good that it has.
    pub(super) async fn learn(&self, cache: &Cache, page: Option<Stand>) -> Result<(), Error> {
        let mut page = page;
        loop {
            self.tell(cache).await?;
            let now = cache.clock().now();
            let Some(asking) = self.state().known.look(now, page.take()) else { return Ok(()) };
            match cache.agreed(WORD).await {
                Ok(list) => {
                    if self.note(list, asking) {
                        return Ok(());
                    }
                }
                Err(_) if self.state().known.is_trusted(now) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Finds out how things stand before a page is made, and returns that. Where there is no list, nothing is written before
    /// there is a page to be kept: by then, another process may have begun one, and this page is of none.
    pub(super) async fn begin(&self, cache: &Cache) -> Result<Stand, Error> {
        self.learn(cache, None).await?;
        self.tell_for(cache, For::Making).await?;
        Ok(self.state().stand(List::stand))
    }

    /// Returns how the list stood before all that it remembers.
    pub(super) fn oldest(&self) -> Stand {
        self.state().stand(List::oldest)
    }

    /// Makes sure that there is a list before a page is kept.
    pub(super) async fn settle(&self, cache: &Cache) -> Result<(), Error> {
        self.tell_for(cache, For::Keeping).await
    }

    /// Asks the store whether some process makes pages that a write to their URL does not find by their key.
    pub(super) async fn ask_for_more(&self, cache: &Cache) -> Result<bool, Error> {
        let asking = self.state().known.asking(cache.clock().now());
        let list: Option<List> = cache.agreed(WORD).await?;
        let more = list.as_ref().is_some_and(List::go_by_more);
        self.note(list, asking);
        Ok(more)
    }

    /// Tells the store what it is owed.
    pub(super) async fn tell(&self, cache: &Cache) -> Result<(), Error> {
        self.tell_for(cache, For::Others).await
    }

    async fn tell_for(&self, cache: &Cache, whom: For) -> Result<(), Error> {
        if !self.state().has_news(whom) {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let now = cache.clock().now();
        // Whoever had the turn before may have told it.
        let Some(news) = self.state().news(whom, now) else { return Ok(()) };
        let told = match cache.agree(WORD, |before| news.told(before)).await {
            Err(error) if error.kind() == Kind::TooLarge => cache.agree(WORD, |before| news.told_shortly(before)).await,
            told => told,
        };
        let list = told?;
        let mut state = self.state();
        state.change(|known| known.change(list, news.asking));
        state.owed.forget(&news);
        Ok(())
    }

    fn note(&self, list: Option<List>, asking: Asking) -> bool {
        self.state().change(|known| known.note(list, asking))
    }
}

impl State {
    /// Changes what is known, and notes when.
    fn change<T>(&mut self, change: impl FnOnce(&mut Known) -> T) -> T {
        let before = self.known.stand();
        let changed = change(&mut self.known);
        if self.known.stand() != before {
            self.history.note(next(), before);
        }
        if self.known.list().is_some() {
            self.epoch = 0;
        }
        changed
    }

    /// Returns how the list stands; that of this process, which is begun when a page is kept, where there is none.
    fn stand(&mut self, of: impl FnOnce(&List) -> Stand) -> Stand {
        let epoch = self.epoch();
        self.known.list().map_or(Stand { epoch, number: 0 }, of)
    }

    fn epoch(&mut self) -> u64 {
        if self.epoch == 0 {
            self.epoch = drawn();
        }
        self.epoch
    }

    /// Returns whether what was begun then, and is of this path, is gone.
    fn takes(&self, since: Stand, target: &str) -> bool {
        let is_to_be_begun = self.known.list().is_none() && since.epoch == self.epoch && self.epoch != 0;
        !is_to_be_begun && self.known.takes(since, target)
    }

    fn has_news(&self, whom: For) -> bool {
        let lacks_more = self.go_by_more && !self.known.list().is_some_and(List::go_by_more);
        let is_missing = self.known.list().is_none();
        let is_owed = !self.owed.is_empty() || self.known.is_astray();
        is_owed || (whom != For::Others && lacks_more) || (whom == For::Keeping && is_missing)
    }

    fn news(&mut self, whom: For, now: Tick) -> Option<News> {
        if !self.has_news(whom) {
            return None;
        }
        let (patterns, last) = self.owed.all();
        let (go_by_more, asking, epoch) = (self.go_by_more, self.known.asking(now), self.epoch());
        let (tips, drawn) = (self.known.tips().clone(), u32::try_from(drawn() >> 32).unwrap_or_default());
        Some(News { patterns, last, epoch, tips, drawn, go_by_more, asking })
    }
}

/// Draws an epoch, which nobody has drawn before.
fn drawn() -> u64 {
    // Whoever was copied while it ran draws the same by chance, and is another process, or does it later.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    RandomState::new().hash_one((std::process::id(), now)).max(1)
}
