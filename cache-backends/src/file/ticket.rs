//! How an entry stood when a load of it began.

use cache_core::backend;

use super::TICKETS_MILLIS;

const LENGTH: usize = 32;

/// What is to be unchanged when a value comes that was read at the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// The book of the drawer; zero where there was none, nor could be one.
    pub generation: u64,
    /// How many changes that book had seen.
    pub changes: u64,
    /// The version of what was there; zero where nothing was.
    pub version: u64,
    pub taken: u64,
}

impl Ticket {
    pub(super) fn write(self) -> backend::Ticket {
        let numbers = [self.generation, self.changes, self.version, self.taken];
        backend::Ticket(numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
    }

    pub(super) fn read(ticket: &backend::Ticket) -> Option<Self> {
        let bytes: &[u8; LENGTH] = ticket.0.as_slice().try_into().ok()?;
        let number = |at: usize| bytes[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Some(Self { generation: number(0), changes: number(8), version: number(16), taken: number(24) })
    }

    /// Returns whether what happened since it was taken is still known. A clock that was set back says nothing.
    pub(super) fn is_fresh(self, now: u64) -> bool {
        now.checked_sub(self.taken).is_some_and(|age| age < TICKETS_MILLIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: Ticket = Ticket { generation: 1, changes: 2, version: 3, taken: 4_000 };

    #[test]
    fn a_ticket_comes_back_as_it_was_and_anything_else_is_none() {
        let written = TICKET.write();
        assert_eq!(Ticket::read(&written), Some(TICKET));
        assert_eq!(Ticket::read(&backend::Ticket(written.0[1..].to_vec())), None);
        assert_eq!(Ticket::read(&backend::Ticket([written.0, vec![0]].concat())), None);
    }

    #[test]
    fn a_ticket_is_worth_nothing_after_ten_minutes_or_when_the_clock_was_set_back() {
        assert!(TICKET.is_fresh(4_000) && TICKET.is_fresh(603_999));
        assert!(!TICKET.is_fresh(604_000) && !TICKET.is_fresh(3_999));
    }
}
