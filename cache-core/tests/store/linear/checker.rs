//! Whether there is an order in which one thread could have done it all, with the same answers: that of Wing and Gong,
//! who try each of those that may have been first, and of Lowe, who try nothing twice.
//!
//! One history is of one name. Who reads goes by the time when that began, and may so be the one who sees what was past
//! its time when it was written. An entry may go by itself where its time is over, and else only by being evicted: how
//! often that has to have happened is what comes of it, to be held against what the store has counted.

use std::collections::HashSet;

/// What was asked, and what came of it. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Inserted { value: u64, until: u64 },
    Got(Option<u64>),
    Removed(bool),
    Restamped { until: u64, found: bool },
    Cleared,
    Advanced { now: u64 },
}

/// Something that was done between two moments.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub called: u64,
    pub returned: u64,
    pub done: Done,
}

/// What is under the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    now: u64,
    kept: Option<(u64, u64)>,
    evictions: u64,
}

impl State {
    fn live(self) -> Option<u64> {
        self.kept.filter(|(_, until)| *until > self.now).map(|(value, _)| value)
    }

    /// Returns what there is after this, if the answer is right for who began at this time.
    fn after(self, done: Done, began: u64) -> Option<Self> {
        let live = self.live();
        let gone = Self { kept: None, ..self };
        match done {
            Done::Inserted { value, until } => Some(Self { kept: Some((value, until)), ..self }),
            Done::Got(got) => {
                (got == live || got.is_some() && got == Self { now: began, ..self }.live()).then_some(self)
            }
            // What is past its time may lie there still, or not.
            Done::Removed(found) => (found == live.is_some() || found && self.kept.is_some()).then_some(gone),
            Done::Restamped { until, found } => (found == live.is_some())
                .then(|| live.map_or(self, |value| Self { kept: Some((value, until)), ..self })),
            Done::Cleared => Some(gone),
            Done::Advanced { now } => Some(Self { now, ..self }),
        }
    }

    fn evicted(self) -> Option<Self> {
        self.live().map(|_| Self { kept: None, evictions: self.evictions + 1, ..self })
    }
}

/// Returns how often the entry of this name must have been evicted at least; `None` where no order explains the answers
/// with at most so many evictions.
pub fn evictions_of(history: &[Event], most: u64) -> Option<u64> {
    (0..=most).find(|most| is_explained(history, *most))
}

fn is_explained(history: &[Event], most: u64) -> bool {
    assert!(history.len() <= 128, "a history of {} events is too long", history.len());
    let all = (0..history.len()).fold(0_u128, |all, index| all | 1 << index);
    let began: Vec<_> = history.iter().map(|event| time_before(history, event)).collect();
    let (mut open, mut seen) = (vec![(0_u128, State::default())], HashSet::new());
    while let Some((done, state)) = open.pop() {
        if done == all {
            return true;
        }
        if !seen.insert((done, state)) {
            continue;
        }
        open.extend(state.evicted().filter(|state| state.evictions <= most).map(|state| (done, state)));
        let left = || history.iter().enumerate().filter(|(index, _)| done & (1 << index) == 0);
        let first_return = left().map(|(_, event)| event.returned).min().unwrap_or(u64::MAX);
        // Who was called after another one had returned came after it.
        let may_be_next = left().filter(|(_, event)| event.called < first_return);
        open.extend(
            may_be_next
                .filter_map(|(index, event)| Some((done | (1 << index), state.after(event.done, began[index])?))),
        );
    }
    false
}

/// Returns what the clock showed at least when this was called.
fn time_before(history: &[Event], event: &Event) -> u64 {
    let before = history.iter().filter(|other| other.returned < event.called);
    before.filter_map(|other| if let Done::Advanced { now } = other.done { Some(now) } else { None }).max().unwrap_or(0)
}
