//! A page from larder beside one from rivals, for the programs of this crate: what they measure, and how.

pub mod candidates;
pub mod loopback;
pub mod page;
#[path = "../../src/report.rs"]
pub mod report;
pub mod request;
pub mod rounds;
pub mod site;

/// How long a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Full,
    /// Enough to see that everything runs; no figure of it is worth a quotation.
    Quick,
}

impl Effort {
    pub fn of<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}
