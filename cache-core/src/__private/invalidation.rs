//! What goes when a function has done its work: what `#[invalidates]` is made of.

use std::collections::VecDeque;
use std::panic::Location;

use super::entry::Entry;
use super::tag::{invalidate, withdraw};
use crate::cache::Cache;
use crate::executor::{Task, block_on};
use crate::key::{Key, KeyWriter, RAW};
use crate::registry::effects::{self, By, On};
use crate::registry::{caches, executor};

/// Entries that go when a function has done its work, or has been left half-way.
#[derive(Debug)]
#[must_use = "the entries are invalidated when this is finished or dropped"]
pub struct Invalidation {
    named: Named,
    by: Option<By>,
    /// The patterns of its tags.
    patterns: Vec<&'static str>,
    is_noted: bool,
}

/// What is named, and has not gone yet.
#[derive(Debug, Default)]
struct Named {
    entries: VecDeque<Entry>,
    tags: Vec<Key>,
}

impl Invalidation {
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let named = Named { entries: entries.into_iter().collect(), tags: Vec::new() };
        Self { named, by: None, patterns: Vec::new(), is_noted: false }
    }

    /// Does the same for a function of this name, which stands where this is called.
    #[track_caller]
    pub fn by(name: &'static str, entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut new = Self::new(entries);
        new.by = Some(By::Function(name, Location::caller()));
        new
    }

    /// Invalidates a tag too.
    pub fn tag(mut self, pattern: &'static str, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        self.patterns.push(pattern);
        self.named.tags.push(Key::write(RAW, write));
        self
    }

    /// Invalidates at once, before the function begins.
    pub async fn now(mut self) {
        self.note();
        self.named.go().await;
    }

    pub fn now_blocking(self) {
        block_on(self.now());
    }

    /// Invalidates, if the function succeeded; what a failed one names stays.
    pub async fn finish(mut self, succeeded: bool) {
        if !succeeded {
            self.let_all_stay();
        }
        self.now().await;
    }

    pub fn finish_blocking(self, succeeded: bool) {
        block_on(self.finish(succeeded));
    }

    /// Does the same with entries that the result names too, each at its place in the list.
    pub async fn finish_with<const N: usize>(mut self, succeeded: bool, named: Option<[(usize, Entry); N]>) {
        if !succeeded {
            self.let_all_stay();
        }
        for (place, entry) in named.into_iter().flatten() {
            self.named.entries.insert(place.min(self.named.entries.len()), entry);
        }
        self.now().await;
    }

    pub fn finish_with_blocking<const N: usize>(self, succeeded: bool, named: Option<[(usize, Entry); N]>) {
        block_on(self.finish_with(succeeded, named));
    }
}

impl Invalidation {
    fn let_all_stay(&mut self) {
        self.named = Named::default();
        self.patterns.clear();
    }

    /// Counts what it withdraws, and by whom, if anybody wants to know.
    fn note(&mut self) {
        let was_noted = std::mem::replace(&mut self.is_noted, true);
        if was_noted || !effects::is_watched() {
            return;
        }
        let somebody = effects::somebody();
        let by = match self.by {
            // Whoever listens calls the function.
            Some(by) if somebody == By::Hand => vec![by],
            Some(by) => vec![by, somebody],
            None => vec![somebody],
        };
        for by in by {
            self.named.entries.iter().for_each(|entry| entry.note(by));
            self.patterns.iter().for_each(|pattern| effects::note(by, On::Tag(Some(pattern))));
        }
    }
}

impl Named {
    /// Invalidates all of it from the bottom up: what is made of something else goes after that, or somebody makes it anew
    /// in between of what is old.
    ///
    /// Pages are made of what functions return, and what has a tag may be. Of two functions nobody knows, so they go in
    /// the order in which they are written. What a caller leaves in between stays named, for whoever does the rest.
    async fn go(&mut self) {
        // A stable sort.
        self.entries.make_contiguous().sort_by_key(Entry::is_page);
        if self.withdraw_ahead() {
            for tag in &self.tags {
                invalidate(tag).await;
            }
        }
        while let Some(function) = self.entries.front().filter(|entry| !entry.is_page()).cloned() {
            function.withdraw().await;
            self.entries.pop_front();
        }
        self.tags.retain(withdraw);
        while let Some(tag) = self.tags.last().cloned() {
            invalidate(&tag).await;
            self.tags.pop();
        }
        while let Some(page) = self.entries.front().cloned() {
            page.withdraw().await;
            self.entries.pop_front();
        }
    }

    /// Withdraws the tags that stand beside functions, which may be made of what has them, wherever that is; returns
    /// whether stores outside have to be told of those before the functions go.
    fn withdraw_ahead(&self) -> bool {
        if self.entries.iter().all(Entry::is_page) {
            return false;
        }
        self.tags.iter().fold(false, |is_outside, tag| withdraw(tag) | is_outside)
    }

    /// Invalidates what is in this process, as far as that can be done without waiting, and notes all of it for the end of
    /// the work that this is part of: a task beside is part of none.
    fn go_here(&self) {
        self.withdraw_ahead();
        let (pages, functions): (Vec<_>, Vec<_>) = self.entries.iter().partition(|entry| entry.is_page());
        functions.into_iter().for_each(Entry::forget_here);
        for tag in self.tags.iter().chain(pages.into_iter().map(Entry::name)) {
            withdraw(tag);
        }
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.tags.is_empty()
    }

    /// Returns whether a store outside would have to be waited for.
    fn is_outside(&self) -> bool {
        let go_everywhere = !self.tags.is_empty() || self.entries.iter().any(Entry::is_page);
        (go_everywhere && caches().is_ok_and(|caches| caches.iter().any(Cache::is_outside)))
            || self.entries.iter().any(Entry::is_outside)
    }
}

/// The caller has left, or the body panicked, and nobody knows how far it came: one load too many is the safe side.
///
/// Where a store outside would have to be waited for, that is done beside, if there is somewhere to do so: all of it as
/// one task, since it has an order.
impl Drop for Invalidation {
    fn drop(&mut self) {
        if self.named.is_empty() {
            return;
        }
        self.note();
        let mut named = std::mem::take(&mut self.named);
        let is_outside = named.is_outside();
        if is_outside {
            named.go_here();
        }
        let task: Task = Box::pin(async move { named.go().await });
        let left = if is_outside { executor().spawn(task) } else { Err(task) };
        if let Err(task) = left {
            block_on(task);
        }
    }
}
