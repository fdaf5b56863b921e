//! [`Known`]: what the list in the store has said, and for how long that is trusted.

use std::time::Duration;

use cache_core::clock::Tick;

use super::list::{Course, List};
use super::tips::Tips;
use crate::page::record::Stand;

/// What the list in the store has said.
#[derive(Debug, Default)]
pub(super) struct Known {
    said: Option<Said>,
    /// How that stood, and what was known before it.
    tips: Tips,
    /// Raised when this process changes the list.
    changes: u64,
    /// Whether the store has said what has not gone on from what is known.
    is_astray: bool,
    /// What was begun then or before counts as gone: nobody can say whether the list has gone on from there.
    doubted: Stand,
}

#[derive(Debug)]
struct Said {
    /// Nothing, where there was none.
    list: Option<List>,
    asked: Tick,
    /// From when on somebody asks anew, while all others go by this.
    again: Tick,
    until: Tick,
}

/// How things stood before the store was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    changes: u64,
    at: Tick,
}

/// How long the list is trusted.
const TRUST: Duration = Duration::from_secs(1);

impl Said {
    fn new(list: Option<List>, asked: Tick) -> Self {
        Self { list, asked, again: asked.after(TRUST / 2), until: asked.after(TRUST) }
    }
}

impl Known {
    pub(super) fn list(&self) -> Option<&List> {
        self.said.as_ref()?.list.as_ref()
    }

    /// Returns how the list stood; of no epoch, where there is none.
    pub(super) fn stand(&self) -> Stand {
        self.list().map(List::stand).unwrap_or_default()
    }

    /// Returns whether what was begun then, and is of this path, is gone.
    pub(super) fn takes(&self, since: Stand, target: &str) -> bool {
        let is_good = |list: &List| since.epoch == list.stand().epoch && !list.takes(since.number, target);
        let is_doubted = since.epoch == self.doubted.epoch && since.number <= self.doubted.number;
        is_doubted || !self.list().is_some_and(is_good)
    }

    /// Returns whether the list in the store may be one that came back as it once was.
    pub(super) fn is_astray(&self) -> bool {
        self.is_astray
    }

    pub(super) fn is_trusted(&self, now: Tick) -> bool {
        self.said.as_ref().is_some_and(|said| now < said.until)
    }

    pub(super) fn asking(&self, now: Tick) -> Asking {
        Asking { changes: self.changes, at: now }
    }

    /// Returns how things stand for who has to ask, for a page that goes by a list: one caller asks early, so that others need
    /// not; `None` where that will do what is known.
    pub(super) fn look(&mut self, now: Tick, page: Option<Stand>) -> Option<Asking> {
        let asking = self.asking(now);
        let is_other = page.is_some_and(|page| page.epoch != self.stand().epoch);
        match &mut self.said {
            Some(said) if now < said.again && !is_other => None,
            Some(said) => {
                said.again = said.until.max(said.again);
                Some(asking)
            }
            None => Some(asking),
        }
    }

    /// Notes what the store has said, unless this process has changed that meanwhile, or it has not gone on from what is known;
    /// says whether something is known now.
    pub(super) fn note(&mut self, list: Option<List>, asking: Asking) -> bool {
        if asking.changes != self.changes {
            return false;
        }
        // It was asked before, and answered after what is known.
        let is_late = self.said.as_ref().is_some_and(|said| said.asked > asking.at);
        let is_same =
            self.list().zip(list.as_ref()).is_some_and(|(ours, list)| list.stand().epoch == ours.stand().epoch);
        let (course, since) = self.tips.course_to(list.as_ref());
        if is_late && (!is_same || course == Course::Astray) {
            return true;
        }
        match course {
            Course::Astray => {
                self.is_astray = true;
                return false;
            }
            Course::Far => self.doubted = since,
            Course::Other | Course::On => {}
        }
        if let Some(list) = &list {
            self.tips.note(list.tip());
        }
        self.said = Some(Said::new(list, asking.at));
        true
    }

    /// Returns how all lists stood that are known.
    pub(super) fn tips(&self) -> &Tips {
        &self.tips
    }

    /// Notes what this process has made of the list.
    pub(super) fn change(&mut self, list: Option<List>, asking: Asking) {
        // What was asked before it was made is not noted any more. What was heard while it was made counts as from before,
        // unless it has gone on from what was made: somebody else may have asked before this was noted.
        self.changes += 1;
        self.is_astray = false;
        let at = self.said.as_ref().map_or(asking.at, |said| said.asked.max(asking.at));
        let made = list.as_ref().map(List::tip);
        let has_gone_on = made.zip(self.list()).is_some_and(|(made, heard)| heard.course_from(made) == Course::On);
        let list = if has_gone_on { self.said.take().and_then(|said| said.list) } else { list };
        self.note(list, Asking { changes: self.changes, at });
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    const NOW: Tick = Tick::from_nanos(1_000_000_000_000);

    fn list(epoch: u64, count: u64) -> List {
        let paths: Vec<_> = (0..count).map(|number| format!("/{number}")).collect();
        list_of(epoch, &paths.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Returns a list whose marks are those of its paths.
    fn list_of(epoch: u64, paths: &[&str]) -> List {
        let mut list = List::of_epoch(epoch);
        for path in paths {
            list.add(Pattern::exact(path), 9);
            list.mark(path.bytes().map(u32::from).sum());
        }
        list
    }

    #[test]
    fn a_list_is_trusted_for_a_second_and_one_caller_asks_early() {
        let mut known = Known::default();
        let asking = known.look(NOW, None).expect("nobody knows it");
        assert!(known.note(Some(list(7, 1)), asking));
        let half = NOW.after(TRUST / 2);
        assert!(known.look(NOW, None).is_none());
        assert!(known.look(half, None).is_some(), "this one asks");
        assert!(known.look(half, None).is_none(), "and the others need not");
        assert!(known.look(half, Some(list(8, 0).stand())).is_some(), "but for who has found a page of another list");
        assert!(known.is_trusted(half) && !known.is_trusted(NOW.after(TRUST)));
        assert!(known.look(NOW.after(TRUST), None).is_some());
    }

    #[test]
    fn what_was_asked_before_this_process_changed_the_list_is_not_noted() {
        let mut known = Known::default();
        let before = known.asking(NOW);
        known.change(Some(list(7, 2)), known.asking(NOW));
        assert!(!known.note(Some(list(7, 1)), before));
        assert_eq!(known.stand(), list(7, 2).stand());
    }

    #[test]
    fn answers_that_overtake_each_other_take_nothing_back() {
        let mut known = Known::default();
        let (early, late) = (known.asking(NOW), known.asking(NOW.after(TRUST)));
        assert!(known.note(Some(list(7, 2)), late) && known.note(Some(list(7, 1)), early));
        assert_eq!(known.stand(), list(7, 2).stand());
        assert!(known.note(Some(list(6, 9)), early));
        assert_eq!(known.stand(), list(7, 2).stand(), "that one was lost before");
        assert!(known.note(None, known.asking(NOW.after(TRUST))));
        assert_eq!(known.stand(), Stand::default());
        assert!(known.note(Some(list(7, 2)), early));
        assert_eq!(known.stand(), Stand::default(), "that one was lost, too");
    }

    #[test]
    fn a_list_of_the_same_number_that_holds_other_purges_is_not_taken_for_the_one_that_is_known() {
        for paths in [&["/0", "/z"][..], &["/0", "/z", "/y"], &["/0"]] {
            let mut known = Known::default();
            assert!(known.note(Some(list_of(7, &["/0", "/1"])), known.asking(NOW)));
            let later = known.asking(NOW.after(TRUST));
            assert!(!known.note(Some(list_of(7, paths)), later), "{paths:?}");
            assert!(known.is_astray() && known.takes(Stand { epoch: 7, number: 1 }, "/1"), "{paths:?}");
            known.change(Some(list_of(8, &[])), later);
            assert!(!known.is_astray() && known.takes(Stand { epoch: 7, number: 2 }, "/2"), "{paths:?}");
        }
    }

    #[test]
    fn where_nobody_can_say_whether_a_list_has_gone_on_what_was_begun_before_is_gone() {
        let mut known = Known::default();
        assert!(known.note(Some(list(7, 3)), known.asking(NOW)));
        assert!(known.note(Some(list(7, 300)), known.asking(NOW.after(TRUST))) && !known.is_astray());
        let takes = |number| known.takes(Stand { epoch: 7, number }, "/other");
        assert!(takes(2) && takes(3) && !takes(300));
    }

    #[test]
    fn what_was_heard_while_this_process_changed_the_list_counts_as_from_before() {
        let mut known = Known::default();
        let changing = known.asking(NOW);
        assert!(known.note(Some(list(7, 2)), known.asking(NOW.after(TRUST / 4))));
        known.change(Some(list(8, 1)), changing);
        assert_eq!(known.stand(), list(8, 1).stand());
    }
    #[test]
    fn a_list_that_was_left_is_not_gone_back_to_from_before_and_not_past_what_was_purged_meanwhile() {
        for meanwhile in [&[None][..], &[Some(list(8, 0))], &[None, Some(list(8, 0)), None], &[Some(list(8, 1))]] {
            for (paths, is_good) in [(&["/0"][..], false), (&["/0", "/1"], true), (&["/0", "/1", "/2"], true)] {
                let (mut known, mut now) = (Known::default(), NOW);
                for said in [&[Some(list(7, 2))], meanwhile].concat() {
                    assert!(known.note(said, known.asking(now)));
                    now = now.after(TRUST);
                }
                let is_good = is_good && known.stand().number == 0;
                assert_eq!(known.note(Some(list_of(7, paths)), known.asking(now)), is_good, "{paths:?}");
                assert_eq!(known.is_astray(), !is_good, "{paths:?}");
            }
        }
    }

    #[test]
    fn what_has_gone_on_from_what_this_process_made_is_kept_where_it_was_heard_first() {
        let mut known = Known::default();
        let changing = known.asking(NOW);
        assert!(known.note(Some(list(7, 3)), known.asking(NOW.after(TRUST / 4))));
        known.change(Some(list(7, 2)), changing);
        assert_eq!((known.stand(), known.is_astray()), (list(7, 3).stand(), false));
    }

    #[test]
    fn what_is_begun_after_a_list_has_forgotten_what_was_meant_is_good_where_nobody_can_say_that_it_has_gone_on() {
        let mut known = Known::default();
        assert!(known.note(Some(list(7, 3)), known.asking(NOW)));
        let mut short = list(7, 3);
        short.note_more();
        short.mark(9);
        short.forget();
        let begun = short.stand();
        assert!(known.note(Some(short), known.asking(NOW.after(TRUST))));
        assert!(known.takes(list(7, 3).stand(), "/other") && !known.takes(begun, "/other"));
    }
}
