//! What a store should hold: a plain list, and a clock that knows what it does not know.

use std::time::{Duration, Instant};

/// Time as the story has seen it go by.
///
/// A store may live by the clock on the wall while the story is told, or by one that only the story moves: what is
/// certain lies between the two.
pub(super) struct Time {
    begun: Instant,
    asked: Duration,
    passed: Duration,
    away: Duration,
}

/// An entry, and between which moments it ends; `None` is never.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) value: Vec<u8>,
    pub(super) ends: Option<[Duration; 2]>,
}

/// What is known of a name.
#[derive(Clone, Debug)]
pub(super) enum State {
    Nothing,
    There(Told),
    /// Its end is so near that nobody can say.
    Unclear,
}

/// What became of a name so far.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) state: State,
    /// How often it was written, counted, removed or cleared.
    pub(super) changes: u64,
    /// How often something happened after which a store may refuse a fill, and need not.
    pub(super) doubts: u64,
}

impl Time {
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), asked: Duration::ZERO, passed: Duration::ZERO, away: Duration::ZERO }
    }

    pub(super) fn pass(&mut self, time: Duration, pass: impl FnOnce(Duration)) {
        let begun = Instant::now();
        pass(time);
        let away = begun.elapsed();
        self.asked += time;
        // Who does not sleep moves a clock, or entries, and time goes by while that is done.
        self.passed += if away < time { time + away } else { away };
        self.away += away;
    }

    /// Returns how much has gone by at least.
    pub(super) fn least(&self) -> Duration {
        self.asked
    }

    /// Returns how much has gone by at most.
    pub(super) fn most(&self) -> Duration {
        self.passed + self.begun.elapsed().saturating_sub(self.away)
    }
}

impl Fate {
    pub(super) fn new() -> Self {
        Self { state: State::Nothing, changes: 0, doubts: 0 }
    }

    /// Looks at the name at some moment between these two.
    pub(super) fn at(&mut self, least: Duration, most: Duration) -> State {
        if let State::There(Told { ends: Some([earliest, latest]), .. }) = &self.state {
            if least >= *latest {
                self.state = State::Nothing;
                self.doubts += 1;
            } else if most >= *earliest {
                return State::Unclear;
            }
        }
        self.state.clone()
    }

    pub(super) fn change(&mut self, state: State) {
        self.state = state;
        self.changes += 1;
    }

    /// Notes that nobody can say any more what is there.
    pub(super) fn blur(&mut self) {
        self.state = State::Unclear;
        self.doubts += 1;
    }
}
