//! For how long a process may go on without what another one has written: what `src/docs/levels.md`,
//! `src/docs/stores.md` and `src/docs/outages.md` promise, as numbers.

use crate::history::{Asked, Moment, Write};

pub const SECOND: Moment = 1_000_000;

/// What a store is told to take at most for an answer.
pub const RESPONSE: Moment = SECOND * 3 / 10;

/// What this machine may keep a process, a body or a message waiting: two processors run all of it.
pub const TURN: Moment = SECOND / 2;

/// How many in a row may wait for their turn before an answer is there: client, process, store, and the process again.
const IN_A_ROW: Moment = 4;

/// After that a store that is back is used again: a second, and one question that is not answered in time.
pub const BACK: Moment = SECOND + RESPONSE;

/// How many questions a body that others wait for may ask of a store that does not answer, before it is left alone.
const QUESTIONS: Moment = 4;

/// How long an answer takes at most, and so after what time nothing of a write is under way any more.
const LONGEST: Moment = 8 * SECOND;

/// How a fleet keeps things.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// Whether the store tells of its changes.
    pub tells: bool,
    /// For how long something is kept near.
    pub near: Moment,
    /// What the machine may keep all of it waiting.
    pub turn: Moment,
}

/// Something that was done to the store, or to the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub kind: Kind,
    /// The process, where it is about one.
    pub node: Option<usize>,
    pub from: Moment,
    /// `None` while it lasts.
    pub until: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The store was killed, and came back with nothing.
    Emptied,
    /// The store was killed, and came back with what it had.
    Killed,
    /// The store stood still.
    Stopped,
    /// All connections were cut, and taken again at once.
    Cut,
    /// One process could not reach the store, and the others could.
    Apart,
    /// The store had less room than what it is given takes.
    Pressed,
    /// A process of the blog was killed.
    Ended,
}

impl Kind {
    pub const ALL: [Self; 7] =
        [Self::Emptied, Self::Killed, Self::Stopped, Self::Cut, Self::Apart, Self::Pressed, Self::Ended];

    pub fn name(self) -> &'static str {
        match self {
            Self::Emptied => "the store killed, and back empty",
            Self::Killed => "the store killed, and back with what it had",
            Self::Stopped => "the store stopped (`SIGSTOP`), and continued",
            Self::Cut => "all connections to the store cut",
            Self::Apart => "one process kept from the store",
            Self::Pressed => "the store short of memory",
            Self::Ended => "a process of the blog killed, and started again",
        }
    }

    /// Returns whether a store is away from a process meanwhile.
    pub fn is_outage(self) -> bool {
        !matches!(self, Self::Pressed | Self::Ended)
    }

    /// Returns whether what a process owes to the store is still there afterwards, or all the time, for others to read.
    fn is_owed(self) -> bool {
        matches!(self, Self::Killed | Self::Stopped | Self::Cut | Self::Apart)
    }
}

impl Promise {
    pub const fn new(tells: bool, near: Moment) -> Self {
        Self { tells, near, turn: TURN }
    }

    /// Returns the same for a machine on which a thread of the soak itself has waited for so long.
    pub fn where_threads_wait(self, stall: Moment) -> Self {
        Self { turn: self.turn.max(IN_A_ROW * stall), ..self }
    }

    /// Returns for how long after a write an answer may go without it.
    ///
    /// The process that has written: not at all, whatever happens. Another one, with a store that is well: until the
    /// message is there, or what is near is over, and a body that began before has ended. While a store is away: until
    /// what is near is distrusted. And what is owed to a store that keeps what it has, others may read there until the
    /// one that owes it has paid.
    pub fn allowed(&self, write: &Write, asked: Asked, troubles: &[Trouble]) -> Moment {
        if write.by == asked.of {
            return 0;
        }
        let near = if self.tells { RESPONSE } else { self.near };
        let mut allowed = near + self.turn;
        for trouble in troubles.iter().filter(|trouble| trouble.kind.is_outage()) {
            let is_over = trouble.until.map_or(Moment::MAX, |until| until + BACK + self.turn);
            if asked.ended < trouble.from || write.begun > is_over {
                continue;
            }
            allowed = allowed.max(near + QUESTIONS * RESPONSE + self.turn);
            let may_be_read = trouble.kind == Kind::Apart || trouble.until.is_some_and(|until| until <= asked.ended);
            // What was read there by then is near for as long as ever, where nobody tells that it has gone.
            let kept = if self.tells { 0 } else { self.near };
            if trouble.kind.is_owed() && may_be_read && asked.begun <= is_over.saturating_add(kept) {
                return Moment::MAX;
            }
        }
        allowed
    }
}

/// Returns whether the process that was to write this was killed before it had answered, and so perhaps between its write and
/// what that invalidates.
pub fn is_lost(write: &Write, troubles: &[Trouble]) -> bool {
    let is_its_end = |trouble: &&Trouble| trouble.kind == Kind::Ended && trouble.node == Some(write.by);
    let mut ends = troubles.iter().filter(is_its_end).map(|trouble| trouble.from);
    write.acked.is_none() && ends.any(|end| write.begun <= end && end <= write.begun + LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELLS: Promise = Promise::new(true, 60 * SECOND);

    fn write(by: usize, second: Moment) -> Write {
        Write { by, begun: second * SECOND, acked: Some(second * SECOND + 1_000) }
    }

    fn asked(of: usize, second: Moment) -> Asked {
        Asked { of, begun: second * SECOND, ended: second * SECOND + 1_000 }
    }

    fn trouble(kind: Kind, from: Moment, until: Moment) -> [Trouble; 1] {
        [Trouble { kind, node: None, from: from * SECOND, until: Some(until * SECOND) }]
    }

    #[test]
    fn whoever_has_written_something_never_goes_without_it() {
        let all: Vec<_> = Kind::ALL.iter().flat_map(|kind| trouble(*kind, 5, 20)).collect();
        assert_eq!(TELLS.allowed(&write(0, 10), asked(0, 11), &all), 0);
    }

    #[test]
    fn another_process_is_told_and_one_whose_store_does_not_tell_waits_for_what_is_near() {
        assert_eq!(TELLS.allowed(&write(0, 10), asked(1, 11), &[]), RESPONSE + TURN);
        let silent = Promise::new(false, 2 * SECOND);
        assert_eq!(silent.allowed(&write(0, 10), asked(1, 11), &[]), 2 * SECOND + TURN);
    }

    #[test]
    fn where_the_soak_itself_does_not_get_a_turn_others_are_given_more() {
        assert_eq!(TELLS.where_threads_wait(TURN).allowed(&write(0, 10), asked(1, 11), &[]), RESPONSE + 4 * TURN);
        assert_eq!(TELLS.where_threads_wait(1_000).allowed(&write(0, 10), asked(1, 11), &[]), RESPONSE + TURN);
    }

    #[test]
    fn what_is_owed_is_read_until_a_moment_after_the_store_is_back_and_no_longer() {
        let stopped = trouble(Kind::Stopped, 5, 20);
        assert!(TELLS.allowed(&write(0, 10), asked(1, 15), &stopped) < 3 * SECOND, "nobody reads it there");
        assert_eq!(TELLS.allowed(&write(0, 10), asked(1, 21), &stopped), Moment::MAX);
        assert!(TELLS.allowed(&write(0, 10), asked(1, 23), &stopped) < 3 * SECOND);
        assert_eq!(TELLS.allowed(&write(0, 30), asked(1, 31), &stopped), RESPONSE + TURN, "it is long over");
    }

    #[test]
    fn where_the_store_does_not_tell_what_was_read_before_it_was_paid_is_near_for_its_time() {
        let (silent, stopped) = (Promise::new(false, 2 * SECOND), trouble(Kind::Stopped, 5, 20));
        assert_eq!(silent.allowed(&write(0, 10), asked(1, 23), &stopped), Moment::MAX);
        assert!(silent.allowed(&write(0, 10), asked(1, 24), &stopped) < 4 * SECOND);
    }

    #[test]
    fn a_store_that_is_back_with_nothing_has_nothing_old() {
        assert!(TELLS.allowed(&write(0, 10), asked(1, 21), &trouble(Kind::Emptied, 5, 20)) < 3 * SECOND);
    }

    #[test]
    fn what_one_process_could_not_say_the_others_read_meanwhile() {
        assert_eq!(TELLS.allowed(&write(0, 10), asked(1, 15), &trouble(Kind::Apart, 5, 20)), Moment::MAX);
    }

    #[test]
    fn what_a_process_was_writing_when_it_was_killed_is_lost_and_nothing_else() {
        let ended = |node, from| [Trouble { kind: Kind::Ended, node: Some(node), from, until: None }];
        let unheard = Write { acked: None, ..write(1, 10) };
        assert!(is_lost(&unheard, &ended(1, 11 * SECOND)));
        assert!(!is_lost(&write(1, 10), &ended(1, 11 * SECOND)), "it was acknowledged");
        assert!(!is_lost(&unheard, &ended(0, 11 * SECOND)), "another one was killed");
        assert!(!is_lost(&unheard, &ended(1, 9 * SECOND)) && !is_lost(&unheard, &ended(1, 20 * SECOND)));
    }

    #[test]
    fn a_store_that_is_short_of_memory_is_no_excuse() {
        assert_eq!(TELLS.allowed(&write(0, 10), asked(1, 11), &trouble(Kind::Pressed, 5, 20)), RESPONSE + TURN);
    }
}
