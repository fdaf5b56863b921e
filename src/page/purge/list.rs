//! [`List`]: patterns by which pages were invalidated, in their order.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::pattern::{Pattern, path_of};
use crate::key::mark;
use crate::page::record::Stand;

/// Patterns by which pages were invalidated, in their order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct List {
    /// Drawn by chance when the list was begun, where several processes share it: another one that is begun when this is lost
    /// does not go on with its numbers.
    epoch: u64,
    /// How many purges there have been.
    count: u64,
    /// Everything that is not younger than this purge is gone, whatever its path.
    all_before: u64,
    patterns: VecDeque<(u64, Pattern)>,
    /// The last purges of single paths that are too many to be remembered: each stands for all that share its place.
    stripes: Vec<u64>,
    /// Whether pages are kept that a write to their URL does not find by their key.
    go_by_more: bool,
    /// How often it was changed where several processes share it.
    changes: u64,
    /// What was drawn by chance at each of the last changes: numbers alone do not tell a list that has gone on from one that
    /// came back as it once was and went on from there.
    marks: VecDeque<u32>,
}

/// How a list stood after a change: of all lists, only those have been there that went on from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tip {
    epoch: u64,
    /// How many purges there had been.
    number: u64,
    changes: u64,
    mark: u32,
}

/// What becomes of a list where another one is found in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// The other one has gone on from it.
    On,
    /// It has changed so often since that nobody can say.
    Far,
    /// It has not: it is older, or has gone on from an older one.
    Astray,
    /// It was begun by itself.
    Other,
}

impl Tip {
    pub(super) fn stand(self) -> Stand {
        Stand { epoch: self.epoch, number: self.number }
    }
}

/// How many places there are for paths.
const STRIPES: usize = 256;

/// Of how many changes it is known what was drawn.
const MARKS: usize = 256;

impl List {
    /// Begins one.
    pub(super) fn of_epoch(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    pub(super) fn stand(&self) -> Stand {
        Stand { epoch: self.epoch, number: self.count }
    }

    /// Returns how things stood before all that is remembered.
    pub(super) fn oldest(&self) -> Stand {
        Stand { number: self.all_before, ..self.stand() }
    }

    pub(super) fn tip(&self) -> Tip {
        let mark = self.marks.back().copied().unwrap_or_default();
        Tip { epoch: self.epoch, number: self.count, changes: self.changes, mark }
    }

    /// Returns how it comes to be in the place of a list that stood so.
    pub(super) fn course_from(&self, tip: Tip) -> Course {
        if self.epoch != tip.epoch {
            return Course::Other;
        }
        let Some(since) = self.changes.checked_sub(tip.changes) else { return Course::Astray };
        // However it began, it began like this.
        if tip.changes == 0 {
            return Course::On;
        }
        let since = usize::try_from(since).unwrap_or(usize::MAX);
        match self.marks.iter().rev().nth(since) {
            Some(mark) if *mark == tip.mark => Course::On,
            Some(_) => Course::Astray,
            None => Course::Far,
        }
    }

    /// Notes that it was changed, by what nobody else draws.
    pub(super) fn mark(&mut self, drawn: u32) {
        self.changes += 1;
        self.marks.push_back(drawn);
        if self.marks.len() > MARKS {
            self.marks.pop_front();
        }
    }

    pub(super) fn go_by_more(&self) -> bool {
        self.go_by_more
    }

    pub(super) fn note_more(&mut self) {
        self.go_by_more = true;
    }

    /// Adds a purge, and remembers `most` of them one by one. What are too many take more along than they meant: too much
    /// rather than too little.
    pub(super) fn add(&mut self, pattern: Pattern, most: usize) {
        self.count += 1;
        self.patterns.retain(|(_, older)| *older != pattern);
        self.patterns.push_back((self.count, pattern));
        if self.patterns.len() > most
            && let Some((number, oldest)) = self.patterns.pop_front()
        {
            match oldest.path() {
                Some(path) => {
                    self.stripes.resize(STRIPES, 0);
                    self.stripes[stripe(path)] = number;
                }
                None => self.all_before = number,
            }
        }
    }

    /// Forgets what was meant, which makes it as short as can be, and means everything. That is a purge like any other: nobody
    /// who knew what it was can say that it has gone on from there, and what is begun now is to be told from what was begun then.
    pub(super) fn forget(&mut self) {
        self.count += 1;
        self.all_before = self.count;
        self.patterns.clear();
        self.stripes.clear();
        self.marks.drain(..self.marks.len().saturating_sub(1));
    }

    /// Returns whether one of the purges after this one takes what is of this path.
    pub(super) fn takes(&self, known: u64, target: &str) -> bool {
        self.all_before > known
            || (!self.stripes.is_empty() && self.stripes[stripe(path_of(target)) % self.stripes.len()] > known)
            || self.patterns.iter().rev().take_while(|(number, _)| *number > known).any(|(_, one)| one.fits(target))
    }
}

/// Returns the place of a path, the same in every process.
fn stripe(path: &str) -> usize {
    usize::try_from(mark(path) % STRIPES as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_paths_that_are_too_many_take_few_others_along_and_patterns_take_all() {
        let mut list = List::of_epoch(7);
        list.add(Pattern::exact("/first?page=2"), 4);
        let after = list.stand().number;
        for number in 0..4 {
            list.add(Pattern::exact(&format!("/{number}")), 4);
        }
        assert!(list.takes(after - 1, "/first?page=2") && !list.takes(after, "/first?page=2"));
        let others = (0..1_000).filter(|number| list.takes(0, &format!("/other/{number}"))).count();
        assert!((1..20).contains(&others), "{others}");
        let mut list = List::of_epoch(7);
        list.add(Pattern::new("/a*"), 1);
        let after = list.stand().number;
        list.add(Pattern::new("/b*"), 1);
        assert!(list.takes(after - 1, "/other") && !list.takes(after, "/other") && list.takes(after, "/b"));
    }

    #[test]
    fn a_list_goes_on_from_all_that_it_has_been_and_from_no_other_of_the_same_number() {
        let marked = |mut list: List, marks: &[u32]| {
            for mark in marks {
                list.mark(*mark);
            }
            list
        };
        let begun = || List::of_epoch(7);
        let list = marked(begun(), &[1, 2, 3]);
        let course = |marks: &[u32]| list.course_from(marked(begun(), marks).tip());
        assert_eq!([course(&[]), course(&[1]), course(&[1, 2]), course(&[1, 2, 3])], [Course::On; 4]);
        assert_eq!([course(&[1, 9]), course(&[1, 2, 9]), course(&[1, 2, 3, 4])], [Course::Astray; 3]);
        assert_eq!(list.course_from(List::of_epoch(8).tip()), Course::Other);
        let more: Vec<_> = (4..).take(MARKS - 1).collect();
        let far = marked(list.clone(), &more);
        assert_eq!([far.course_from(list.tip()), marked(far, &[0]).course_from(list.tip())], [Course::On, Course::Far]);
        let mut short = marked(list.clone(), &[4]);
        short.forget();
        let [is, was] = [&short, &list].map(|before| short.course_from(before.tip()));
        assert_eq!([is, was], [Course::On, Course::Far]);
    }

    #[test]
    fn a_list_that_has_forgotten_what_was_meant_takes_what_is_older_and_nothing_else() {
        let mut list = List::of_epoch(7);
        list.add(Pattern::new("/a"), 4);
        list.forget();
        assert!(list.takes(0, "/b") && !list.takes(list.stand().number, "/a"));
    }
}
