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
    /// No two answers have the same time, and each counts after those before it: what one has told the next need not tell.
    pub(super) fn changed(&mut self, all: Vec<T>, at: u64, since: u64) -> Vec<T> {
        // Nobody was told anything now or later: somebody was before the program began anew, with another clock.
        let since = if since >= at { 0 } else { since };
        self.0.truncate(all.len());
        let mut changed = Vec::new();
        for (number, one) in all.into_iter().enumerate() {
            match self.0.get_mut(number) {
                Some((before, _)) if *before == one => {}
                Some((before, when)) => (*before, *when) = (one.clone(), at),
                None => self.0.push((one.clone(), at)),
            }
            if self.0[number].1 > since {
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
        assert_eq!(ledger.changed(vec!["a", "b"], 20, 10), [] as [&str; 0]);
        assert_eq!(ledger.changed(vec!["a", "c"], 30, 20), ["c"]);
        assert_eq!(ledger.changed(vec!["a", "c"], 40, 20), ["c"], "somebody who has missed an answer");
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 50, 40), ["d"]);
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 60, 50), [] as [&str; 0]);
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 70, 0), ["a", "c", "d"], "somebody who is new");
        assert_eq!(ledger.changed(vec!["a", "c", "d"], 80, 80), ["a", "c", "d"], "somebody out of the future");
    }
}
