//! [`History`]: what was known when, for what was read before its cache is known.

use std::collections::VecDeque;

/// What was known before each change, oldest first, and the moment of the change.
#[derive(Debug)]
pub(super) struct History<T> {
    before: VecDeque<(u64, T)>,
    /// Of what was before this moment nothing is known any more.
    forgotten: u64,
}

/// How many changes are remembered.
const MOST: usize = 1024;

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { before: VecDeque::new(), forgotten: 0 }
    }
}

impl<T: Copy> History<T> {
    /// Notes that this was known until this moment.
    pub(super) fn note(&mut self, moment: u64, before: T) {
        self.before.push_back((moment, before));
        if self.before.len() > MOST
            && let Some((moment, _)) = self.before.pop_front()
        {
            self.forgotten = moment;
        }
    }

    /// Returns what was known at a moment, where `now` is known now; `None` where that is forgotten.
    pub(super) fn at(&self, moment: u64, now: T) -> Option<T> {
        if moment < self.forgotten {
            return None;
        }
        let after = self.before.iter().find(|(changed, _)| *changed > moment);
        Some(after.map_or(now, |(_, before)| *before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_known_at_a_moment_is_what_was_known_before_the_next_change() {
        let mut history = History::default();
        assert_eq!(history.at(5, 'a'), Some('a'));
        history.note(3, 'a');
        history.note(7, 'b');
        assert_eq!([2, 3, 6, 7, 9].map(|moment| history.at(moment, 'c')), ['a', 'b', 'b', 'c', 'c'].map(Some));
        for moment in 0..MOST as u64 {
            history.note(10 + moment, 'd');
        }
        assert_eq!([2, 6, 7, 9].map(|moment| history.at(moment, 'e')), [None, None, Some('d'), Some('d')]);
    }
}
