//! Since when things stand as they do: what somebody has been told already is not told again.

/// What was told last, and when that was first so.
#[derive(Debug)]
pub(super) struct Ledger<T>(Vec<(T, u64)>);

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone + PartialEq> Ledger<T> {
    /// Notes how all of them stand, for an answer of this time, and returns those that have changed since another one.
    ///
    /// The time of an answer is taken before anything is counted for it: what changes meanwhile is told once more next time.
    pub(super) fn changed(&mut self, all: Vec<T>, at: u64, since: u64) -> Vec<T> {
        // Nobody was told anything later than now: somebody was before the program began anew, with another clock.
        let since = if since > at { 0 } else { since };
        self.0.truncate(all.len());
        let mut changed = Vec::new();
        for (number, one) in all.into_iter().enumerate() {
            match self.0.get_mut(number) {
                Some((before, _)) if *before == one => {}
                Some((before, when)) => (*before, *when) = (one.clone(), at.max(*when)),
                None => self.0.push((one.clone(), at)),
            }
            if self.0[number].1 >= since {
                changed.push(one);
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_told_again() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.changed(vec!["a", "b"], 10, 0), ["a", "b"]);
        assert_eq!(ledger.changed(vec!["a", "b"], 20, 11), [] as [&str; 0]);
        assert_eq!(ledger.changed(vec!["a", "c"], 30, 20), ["c"]);
        assert_eq!(
            ledger.changed(vec!["a", "c", "d"], 40, 30),
            ["c", "d"],
            "what is noted at that very time is told twice"
        );
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 50, 41), [] as [&str; 0]);
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 60, 0), ["a", "c", "d"], "somebody who is new");
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 70, 71), ["a", "c", "d"], "somebody out of the future");
    }
}
