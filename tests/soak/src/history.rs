//! What was true when: of each thing that is written, its states, one after the other, and who wrote each.

/// Microseconds since the soak began.
pub type Moment = u64;

/// How one state came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The process that was asked to write it.
    pub by: usize,
    pub begun: Moment,
    /// When it was said that it is done. `None` where nobody said so: it may have happened, and its listeners may not.
    pub acked: Option<Moment>,
}

/// One thing, and what it was. Each state is begun after the one before it has ended, however that was.
#[derive(Clone, Debug)]
pub struct History<S> {
    states: Vec<(S, Write)>,
}

/// When and of whom something was asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub of: usize,
    pub begun: Moment,
    pub ended: Moment,
}

/// How an answer stands to what was true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was so, and what came after it had been acknowledged for so long when somebody asked.
    Fine { age: Moment },
    /// It had been so, and for longer than this it may not be shown.
    Old { age: Moment, allowed: Moment },
    /// It never was, or was not yet.
    Never,
}

/// From when until when something may have been true, by the widest reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Moment,
    pub until: Option<Moment>,
}

impl<S> History<S> {
    /// Begins with what was so before anybody wrote anything.
    pub fn new(first: S) -> Self {
        Self { states: vec![(first, Write { by: usize::MAX, begun: 0, acked: Some(0) })] }
    }

    /// Notes that a write begins, and returns its number.
    pub fn begin(&mut self, state: S, by: usize, begun: Moment) -> usize {
        self.states.push((state, Write { by, begun, acked: None }));
        self.states.len() - 1
    }

    /// Notes that it is done.
    pub fn acknowledge(&mut self, number: usize, acked: Moment) {
        self.states[number].1.acked = Some(acked);
    }

    /// Takes back the last write, which is known never to have happened.
    pub fn take_back(&mut self) {
        self.states.pop();
    }

    /// Returns the last state, acknowledged or not.
    pub fn last(&self) -> &S {
        &self.states[self.states.len() - 1].0
    }

    pub fn states(&self) -> &[(S, Write)] {
        &self.states
    }

    /// Judges an answer that shows a state which `fits`. `concerns` says of two states whether the write between them is one to
    /// what is shown, and not to something else; `allowed`, for how long a process that did not write
    /// something may go on without it; and `is_lost`, whether what wrote it died before it had told anybody: then what was there
    /// before may be shown until a later write is one to it, whether the lost one has happened or not.
    pub fn judge(
        &self,
        fits: impl Fn(&S) -> bool,
        concerns: impl Fn(&S, &S) -> bool,
        asked: Asked,
        allowed: impl Fn(&Write) -> Moment,
        is_lost: impl Fn(&Write) -> bool,
    ) -> (Verdict, Option<Span>) {
        let mut best: (Verdict, Option<Span>) = (Verdict::Never, None);
        for (number, (state, write)) in self.states.iter().enumerate().filter(|(_, (state, _))| fits(state)) {
            if write.begun > asked.ended {
                continue;
            }
            let later = || self.states[number + 1..].iter().map(|(_, write)| write);
            let until = later().filter_map(|write| write.acked).min();
            let age = until.map_or(0, |until| asked.begun.saturating_sub(until));
            let over = |write: &Write| {
                let age = write.acked.and_then(|acked| asked.begun.checked_sub(acked)).filter(|age| *age > 0)?;
                let allowed = allowed(write);
                (age > allowed).then_some((age, allowed))
            };
            let behind_lost = self.states.get(number + 1).filter(|(_, next)| is_lost(next)).map(|_| number + 1);
            // Nobody knows which of the two was there when the one behind it said what is to go.
            let is_one = |(at, step): &(usize, &[(S, Write)])| {
                concerns(&step[0].0, &step[1].0) && (behind_lost != Some(*at) || concerns(state, &step[1].0))
            };
            let steps = (number..).zip(self.states[number..].windows(2)).filter(is_one);
            let verdict = match steps.filter_map(|(_, step)| over(&step[1].1)).min_by_key(|(_, allowed)| *allowed) {
                None => Verdict::Fine { age },
                Some((age, allowed)) => Verdict::Old { age, allowed },
            };
            if verdict.rank() < best.0.rank() {
                best = (verdict, Some(Span { from: write.begun, until }));
            }
        }
        best
    }
}

impl Verdict {
    fn rank(&self) -> (u8, Moment) {
        match self {
            Self::Fine { age } => (0, *age),
            Self::Old { age, .. } => (1, *age),
            Self::Never => (2, 0),
        }
    }
}

/// Returns whether there was a moment at which all of this can have been true at once.
pub fn meet(spans: &[Span]) -> bool {
    let from = spans.iter().map(|span| span.from).max().unwrap_or(0);
    spans.iter().filter_map(|span| span.until).min().is_none_or(|until| from <= until)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: fn(&Write) -> Moment = |_| 0;
    const ALL: fn(&&str, &&str) -> bool = |_, _| true;

    /// One write by process 0 from 100 to 110, and one by process 1 from 200 to 210.
    fn history() -> History<&'static str> {
        let mut history = History::new("a");
        let number = history.begin("b", 0, 100);
        history.acknowledge(number, 110);
        let number = history.begin("c", 1, 200);
        history.acknowledge(number, 210);
        history
    }

    fn judged(
        history: &History<&'static str>,
        shown: &str,
        begun: Moment,
        allowed: impl Fn(&Write) -> Moment,
    ) -> Verdict {
        history.judge(|state| *state == shown, ALL, Asked { of: 0, begun, ended: begun + 5 }, allowed, |_| false).0
    }

    #[test]
    fn what_was_written_last_before_the_question_is_right() {
        assert_eq!(judged(&history(), "a", 50, NOTHING), Verdict::Fine { age: 0 });
        assert_eq!(judged(&history(), "b", 150, NOTHING), Verdict::Fine { age: 0 });
        assert_eq!(judged(&history(), "c", 250, NOTHING), Verdict::Fine { age: 0 });
    }

    #[test]
    fn what_is_older_than_the_last_write_that_was_acknowledged_is_wrong() {
        assert_eq!(judged(&history(), "b", 211, NOTHING), Verdict::Old { age: 1, allowed: 0 });
        assert_eq!(judged(&history(), "a", 111, NOTHING), Verdict::Old { age: 1, allowed: 0 });
        assert_eq!(judged(&history(), "a", 300, NOTHING), Verdict::Old { age: 190, allowed: 0 });
    }

    #[test]
    fn while_it_is_written_both_are_right() {
        for shown in ["b", "c"] {
            assert_eq!(judged(&history(), shown, 204, NOTHING), Verdict::Fine { age: 0 });
            assert_eq!(judged(&history(), shown, 210, NOTHING), Verdict::Fine { age: 0 });
        }
    }

    #[test]
    fn what_was_never_written_and_what_is_not_written_yet_is_wrong() {
        assert_eq!(judged(&history(), "d", 250, NOTHING), Verdict::Never);
        assert_eq!(judged(&history(), "c", 190, NOTHING), Verdict::Never);
        assert_eq!(
            judged(&history(), "c", 196, NOTHING),
            Verdict::Fine { age: 0 },
            "it began before the answer was there"
        );
    }

    #[test]
    fn a_bound_is_for_the_write_that_it_is_said_of() {
        let of_the_other = |write: &Write| if write.by == 1 { 20 } else { 0 };
        assert_eq!(judged(&history(), "b", 230, of_the_other), Verdict::Fine { age: 20 });
        assert_eq!(judged(&history(), "b", 231, of_the_other), Verdict::Old { age: 21, allowed: 20 });
        assert_eq!(judged(&history(), "a", 215, of_the_other), Verdict::Old { age: 105, allowed: 0 });
    }

    #[test]
    fn a_write_that_is_none_to_what_is_shown_is_no_reason_for_it_to_be_newer() {
        let asked = Asked { of: 0, begun: 230, ended: 235 };
        let of_the_first = |write: &Write| if write.by == 0 { 200 } else { 0 };
        let judged = |concerns: fn(&&str, &&str) -> bool| {
            history().judge(|state| *state == "a", concerns, asked, of_the_first, |_| false).0
        };
        assert_eq!(judged(ALL), Verdict::Old { age: 20, allowed: 0 });
        assert_eq!(judged(|before, _| *before == "a"), Verdict::Fine { age: 120 });
    }

    #[test]
    fn what_nobody_acknowledged_may_have_happened_or_not_until_the_next_one() {
        let mut history = history();
        history.begin("d", 0, 300);
        for shown in ["c", "d"] {
            assert_eq!(judged(&history, shown, 5_000, NOTHING), Verdict::Fine { age: 0 });
        }
        let number = history.begin("e", 0, 6_000);
        history.acknowledge(number, 6_010);
        for shown in ["c", "d"] {
            assert_eq!(judged(&history, shown, 6_011, NOTHING), Verdict::Old { age: 1, allowed: 0 });
        }
    }

    #[test]
    fn what_was_there_before_a_write_that_died_may_stay_until_the_next_one_to_it_and_nothing_older() {
        let mut history = history();
        history.begin("d", 7, 300);
        let judged = |history: &History<&str>, shown: &str, concerns: fn(&&str, &&str) -> bool| {
            let asked = Asked { of: 0, begun: 5_000, ended: 5_005 };
            history.judge(|state| *state == shown, concerns, asked, NOTHING, |write| write.by == 7).0
        };
        let is_fine = |verdict| matches!(verdict, Verdict::Fine { .. });
        assert!(is_fine(judged(&history, "c", ALL)) && !is_fine(judged(&history, "b", ALL)));
        let number = history.begin("e", 0, 400);
        history.acknowledge(number, 410);
        for shown in ["b", "c", "d"] {
            assert!(!is_fine(judged(&history, shown, ALL)), "{shown}");
        }
        // Where the lost one has happened, the next one says that "d" and "e" are to go; where it has not, "c" and "e".
        assert!(is_fine(judged(&history, "c", |before, after| [before, after].contains(&&"c"))));
        assert!(is_fine(judged(&history, "c", |before, after| [before, after].contains(&&"d"))));
        assert!(!is_fine(judged(&history, "c", |before, after| [before, after].contains(&&"e"))));
        assert!(!is_fine(judged(&history, "c", |before, _| ["c", "d"].contains(before))));
    }

    #[test]
    fn what_is_known_never_to_have_happened_is_wrong() {
        let mut history = history();
        history.begin("d", 0, 300);
        history.take_back();
        assert_eq!(judged(&history, "d", 400, NOTHING), Verdict::Never);
        assert_eq!(judged(&history, "c", 400, NOTHING), Verdict::Fine { age: 0 });
    }

    #[test]
    fn what_was_so_twice_is_judged_by_the_time_that_suits_it() {
        let mut history = history();
        let number = history.begin("b", 0, 300);
        history.acknowledge(number, 310);
        assert_eq!(judged(&history, "b", 400, NOTHING), Verdict::Fine { age: 0 });
    }

    #[test]
    fn things_that_never_were_at_one_time_do_not_meet() {
        let span = |from, until| Span { from, until };
        assert!(meet(&[span(0, Some(110)), span(100, Some(200)), span(105, None)]));
        assert!(!meet(&[span(0, Some(110)), span(111, None)]), "one was over before the other one began");
        assert!(meet(&[]));
    }
}
