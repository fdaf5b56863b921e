//! [`Owed`]: what the store is still to be told of purges, and [`News`]: what it is told now.

use std::collections::VecDeque;

use super::known::Asking;
use super::list::{Course, List};
use super::pattern::Pattern;
use super::tips::Tips;

/// What the store is still to be told, in the order of its numbers.
#[derive(Debug, Default)]
pub(super) struct Owed {
    patterns: VecDeque<(u64, Pattern)>,
    count: u64,
}

/// What the store is told now.
pub(super) struct News {
    pub(super) patterns: Vec<Pattern>,
    /// The number of the last of them.
    pub(super) last: u64,
    /// The epoch of a list that is begun.
    pub(super) epoch: u64,
    /// How the lists stood that are known.
    pub(super) tips: Tips,
    /// What marks the change.
    pub(super) drawn: u32,
    pub(super) go_by_more: bool,
    pub(super) asking: Asking,
}

/// How many patterns the list remembers, and how many are owed one by one.
const MOST: usize = 256;

impl Owed {
    pub(super) fn add(&mut self, pattern: Pattern) {
        self.count += 1;
        self.patterns.retain(|(_, older)| *older != pattern);
        self.patterns.push_back((self.count, pattern));
        if self.patterns.len() > MOST {
            self.patterns = [(self.count, Pattern::everything())].into();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Returns all patterns, and the number of the last of them.
    pub(super) fn all(&self) -> (Vec<Pattern>, u64) {
        (self.patterns.iter().map(|(_, pattern)| pattern.clone()).collect(), self.count)
    }

    /// Forgets what the store has been told.
    pub(super) fn forget(&mut self, news: &News) {
        self.patterns.retain(|(number, _)| *number > news.last);
    }

    pub(super) fn takes(&self, target: &str) -> bool {
        self.patterns.iter().any(|(_, pattern)| pattern.fits(target))
    }
}

impl News {
    /// Returns the list with what is new, `None` where it has all that; one of another epoch where there was none, or one that
    /// came back as it once was.
    pub(super) fn told(&self, before: Option<&List>) -> Option<List> {
        let before = before.filter(|list| self.tips.course_to(Some(list)).0 != Course::Astray);
        let lacks_more = self.go_by_more && !before.is_some_and(List::go_by_more);
        let is_new = !self.patterns.is_empty() || lacks_more;
        if before.is_some() && !is_new {
            return None;
        }
        let mut list = before.cloned().unwrap_or_else(|| List::of_epoch(self.epoch));
        for pattern in &self.patterns {
            list.add(pattern.clone(), MOST);
        }
        if self.go_by_more {
            list.note_more();
        }
        if is_new {
            list.mark(self.drawn);
        }
        Some(list)
    }

    /// Does the same in few bytes.
    pub(super) fn told_shortly(&self, before: Option<&List>) -> Option<List> {
        let mut list = self.told(before)?;
        list.forget();
        Some(list)
    }
}
