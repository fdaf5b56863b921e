//! When tags were invalidated: for what lives outside of the process, which says when it was made and is bound to nothing here.

use std::collections::HashMap;

use ahash::RandomState;

/// When each tag was invalidated last, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Times {
    at: HashMap<Box<str>, u64, RandomState>,
    /// What is not younger than this is gone, whatever its tags: of what was invalidated then nobody knows any more.
    all_until: Option<u64>,
}

/// How many tags are remembered. One more, and the older half of them is forgotten: too much goes then rather than too little.
const MOST: usize = 4096;

impl Times {
    pub(super) fn note(&mut self, name: &str, now: u64) {
        match self.at.get_mut(name) {
            Some(at) => *at = now,
            None => drop(self.at.insert(name.into(), now)),
        }
        if self.at.len() > MOST {
            self.forget_the_older_half();
        }
    }

    fn forget_the_older_half(&mut self) {
        let mut times: Vec<_> = self.at.values().copied().collect();
        let middle = times.len() / 2;
        let (_, last, _) = times.select_nth_unstable(middle);
        let last = *last;
        self.at.retain(|_, at| *at > last);
        self.all_until = self.all_until.max(Some(last));
    }

    /// Returns whether one of these was invalidated at this time, or later.
    pub(super) fn any_since<'a>(&self, names: impl IntoIterator<Item = &'a str>, begun: u64) -> bool {
        // A clock may stand still for a moment: rather too much than too little.
        let is_since = |at: u64| at >= begun;
        self.all_until.is_some_and(is_since)
            || names.into_iter().any(|name| self.at.get(name).is_some_and(|at| is_since(*at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_before_a_tag_was_invalidated_is_told_from_what_came_later() {
        let mut times = Times::default();
        times.note("a", 5);
        assert!(times.any_since(["b", "a"], 4) && times.any_since(["a"], 5));
        assert!(!times.any_since(["a"], 6) && !times.any_since(["b"], 4) && !times.any_since([], 0));
        times.note("a", 7);
        assert!(times.any_since(["a"], 6));
    }

    #[test]
    fn of_too_many_tags_the_older_ones_take_everything_along_that_is_as_old() {
        let mut times = Times::default();
        (0..3 * MOST as u64).for_each(|at| times.note(&format!("tag:{at}"), at));
        assert!(times.at.len() <= MOST);
        assert!(times.any_since(["another"], 0) && times.any_since(["tag:0"], 0), "nobody knows any more");
        assert!(
            !times.any_since(["another"], 3 * MOST as u64 - 1)
                && times.any_since([&*format!("tag:{}", 3 * MOST - 1)], 5)
        );
    }
}
