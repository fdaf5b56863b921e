//! What happened in many schedules, in numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::world::{MILLI, Nanos};

/// A fault that occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// What was asked did not arrive.
    RequestLost,
    /// It was done, and its answer did not arrive.
    AnswerLost,
    /// It was done after its caller had given it up.
    DoneLate,
    /// It was not done, since nobody got a connection.
    Refused,
    /// It came while the remote stood still.
    StoodStill,
    /// The remote was started anew, with what it had.
    Restarted,
    /// The remote was started anew, with nothing.
    Emptied,
    /// A message of the bus did not arrive.
    MessageLost,
    /// A message of the bus arrived late.
    MessageLate,
    /// A message of the bus arrived twice.
    MessageRepeated,
    /// The way of the bus to a node broke.
    BusCut,
    /// A node crashed.
    Crashed,
    /// A caller left in the middle.
    Left,
    /// A body failed.
    BodyFailed,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::RequestLost,
        Self::AnswerLost,
        Self::DoneLate,
        Self::Refused,
        Self::StoodStill,
        Self::Restarted,
        Self::Emptied,
        Self::MessageLost,
        Self::MessageLate,
        Self::MessageRepeated,
        Self::BusCut,
        Self::Crashed,
        Self::Left,
        Self::BodyFailed,
    ];

    fn said(self) -> &'static str {
        match self {
            Self::RequestLost => "requests lost on their way",
            Self::AnswerLost => "requests done whose answer was lost",
            Self::DoneLate => "requests done after they were given up",
            Self::Refused => "requests refused",
            Self::StoodStill => "requests that waited for a remote that stood still",
            Self::Restarted => "restarts of the remote with what it had",
            Self::Emptied => "restarts of the remote with nothing",
            Self::MessageLost => "messages of the bus lost",
            Self::MessageLate => "messages of the bus late",
            Self::MessageRepeated => "messages of the bus twice",
            Self::BusCut => "ways of the bus broken",
            Self::Crashed => "nodes crashed",
            Self::Left => "callers who left",
            Self::BodyFailed => "bodies that failed",
        }
    }
}

/// Why an answer may be older than the last invalidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// A remote that does not tell, and a value near.
    Near,
    /// A remote that tells, and a message on its way or lost.
    Told,
    /// A cache that was cleared by another node, in a remote that cannot clear one.
    Cleared,
    /// A load that had begun before, on the node that was asked.
    Joined,
    /// Another node could not tell the remote.
    Untold,
}

impl Excuse {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Near, Self::Told, Self::Cleared, Self::Joined, Self::Untold];

    fn said(self) -> &'static str {
        match self {
            Self::Near => "near, where the remote does not tell",
            Self::Told => "near, where it tells, and a message is on its way or lost",
            Self::Cleared => "after a clear of another node, by eras",
            Self::Joined => "from a load that had begun before, on another node than that which invalidated",
            Self::Untold => "after an invalidation of another node that failed or was left",
        }
    }
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Schedules that ran.
    pub schedules: u64,
    /// Steps in them.
    pub steps: u64,
    /// Calls that asked for a value.
    pub calls: u64,
    /// Calls that changed something.
    pub changes: u64,
    /// Bodies that ran.
    pub bodies: u64,
    /// The longest wait of a call.
    pub longest: Nanos,
    /// Seeds that broke an invariant.
    pub violations: Vec<u64>,
    pub(crate) faults: BTreeMap<Fault, u64>,
    pub(crate) oldest: BTreeMap<Excuse, (u64, Nanos)>,
}

impl Tally {
    /// Counts a fault.
    pub fn count(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// Returns how often a fault occurred.
    #[must_use]
    pub fn faults(&self, fault: Fault) -> u64 {
        self.faults.get(&fault).copied().unwrap_or(0)
    }

    /// Notes an answer that was so much older than an invalidation, as it may be.
    pub fn note_old(&mut self, excuse: Excuse, age: Nanos) {
        let (count, oldest) = self.oldest.entry(excuse).or_default();
        *count += 1;
        *oldest = (*oldest).max(age);
    }

    /// Returns how many old answers had this excuse, and how old the oldest was.
    #[must_use]
    pub fn old(&self, excuse: Excuse) -> (u64, Nanos) {
        self.oldest.get(&excuse).copied().unwrap_or_default()
    }

    /// Adds what others have counted.
    pub fn add(&mut self, other: &Self) {
        self.schedules += other.schedules;
        self.steps += other.steps;
        self.calls += other.calls;
        self.changes += other.changes;
        self.bodies += other.bodies;
        self.longest = self.longest.max(other.longest);
        self.violations.extend(&other.violations);
        for (fault, count) in &other.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        for (excuse, (count, oldest)) in &other.oldest {
            let own = self.oldest.entry(*excuse).or_default();
            *own = (own.0 + count, own.1.max(*oldest));
        }
    }

    /// Returns the table of it all.
    #[must_use]
    pub fn table(&self, seconds: f64) -> String {
        let mut table = String::new();
        let mut row = |what: &str, number: String| {
            let _ = writeln!(table, "| {what} | {number} |");
        };
        row("what", "how many".to_owned());
        row("---", "--:".to_owned());
        row("schedules", self.schedules.to_string());
        #[expect(clippy::cast_precision_loss, reason = "a rate needs three digits")]
        row("schedules a second", format!("{:.0}", self.schedules as f64 / seconds));
        row("steps", self.steps.to_string());
        row("calls that asked for a value", self.calls.to_string());
        row("calls that changed something", self.changes.to_string());
        row("bodies", self.bodies.to_string());
        row("longest call", format!("{} ms", self.longest / MILLI));
        for fault in Fault::ALL {
            row(fault.said(), self.faults(fault).to_string());
        }
        for excuse in Excuse::ALL {
            let (count, oldest) = self.old(excuse);
            row(&format!("old answers {}", excuse.said()), format!("{count}, the oldest by {} ms", oldest / MILLI));
        }
        row("violations", self.violations.len().to_string());
        table
    }
}
