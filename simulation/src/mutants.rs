//! Faults that are put in on purpose: a simulation that does not find them finds nothing.

use std::fmt;

/// A part of the world that does not do what the engine is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutant {
    /// The remote keeps what was read before a change.
    TicketsIgnored,
    /// The remote says that it has removed something, and has not.
    DeleteDoesNothing,
    /// Everybody who adds at once is told to be the first.
    AddWonByAll,
    /// Messages of the bus are lost, and nobody is told that some were.
    LossUntold,
    /// A marker that cannot be read is answered as what it said before.
    MarkersRemembered,
    /// A removal that failed is answered as if it had been done.
    FailureUntold,
    /// A request that nobody answers is never given up.
    NoTimeLimit,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TicketsIgnored,
        Self::DeleteDoesNothing,
        Self::AddWonByAll,
        Self::LossUntold,
        Self::MarkersRemembered,
        Self::FailureUntold,
        Self::NoTimeLimit,
    ];

    /// Returns the word that switches it on.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TicketsIgnored => "tickets-ignored",
            Self::DeleteDoesNothing => "delete-does-nothing",
            Self::AddWonByAll => "add-won-by-all",
            Self::LossUntold => "loss-untold",
            Self::MarkersRemembered => "markers-remembered",
            Self::FailureUntold => "failure-untold",
            Self::NoTimeLimit => "no-time-limit",
        }
    }

    /// Returns the one that this word switches on.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mutant| mutant.word() == word)
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
