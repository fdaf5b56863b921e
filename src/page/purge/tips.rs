//! [`Tips`]: how the lists stood that were known.

use std::collections::VecDeque;

use super::list::{Course, List, Tip};
use crate::page::record::Stand;

/// How the last lists stood that were known, the newest at the end: one that was left, as the store had lost it, may come back
/// as it once was.
#[derive(Clone, Debug, Default)]
pub(super) struct Tips(VecDeque<Tip>);

/// How many lists are remembered.
const MOST: usize = 16;

impl Tips {
    /// Notes how a list stands that is known from now on.
    pub(super) fn note(&mut self, tip: Tip) {
        self.0.retain(|other| other.stand().epoch != tip.stand().epoch);
        self.0.push_back(tip);
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// Returns how a list comes to be there, and since when that is not known where nobody can say. One that was left has lost
    /// what was purged since.
    pub(super) fn course_to(&self, list: Option<&List>) -> (Course, Stand) {
        let Some(list) = list else { return (Course::Other, Stand::default()) };
        let mut later = self.0.iter().skip_while(|tip| tip.stand().epoch != list.stand().epoch);
        let Some(tip) = later.next() else { return (Course::Other, Stand::default()) };
        let lacks_purges = later.any(|tip| tip.stand().number > 0);
        (if lacks_purges { Course::Astray } else { list.course_from(*tip) }, tip.stand())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lists_that_were_known_the_last_are_remembered() {
        let mut tips = Tips::default();
        let epochs = 1..=MOST as u64 + 1;
        for epoch in epochs.clone() {
            let mut list = List::of_epoch(epoch);
            list.mark(1);
            tips.note(list.tip());
            tips.note(list.tip());
        }
        let course = |epoch| tips.course_to(Some(&List::of_epoch(epoch))).0;
        assert_eq!(epochs.map(course).filter(|course| *course == Course::Astray).count(), MOST);
        assert_eq!((course(1), tips.course_to(None).0), (Course::Other, Course::Other));
    }
}
