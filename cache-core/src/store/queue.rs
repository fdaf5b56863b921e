//! Who has to go first: newcomers wait in a short queue, and only those that were used meanwhile get into the long one.
//!
//! A scan passes through the short queue and leaves the long one alone (the idea is that of S3-FIFO, without its list
//! of those who left).

use std::collections::VecDeque;

/// A place in a queue. It may outlive its record: then the slot's tenancy has moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) slot: u32,
    pub(super) tenancy: u32,
}

#[derive(Debug, Default)]
pub(super) struct Queues {
    new: VecDeque<Ticket>,
    proven: VecDeque<Ticket>,
    /// Tickets whose records have left, and which nobody has met yet.
    void: usize,
}

/// The part of all places that is left to newcomers: one in ten.
const NEWCOMERS: usize = 10;

impl Queues {
    fn len(&self) -> usize {
        self.new.len() + self.proven.len()
    }

    pub(super) fn arrive(&mut self, ticket: Ticket) {
        self.new.push_back(ticket);
    }

    /// Notes that a record has left, and throws void tickets away before they outnumber the others.
    pub(super) fn leave(&mut self, is_valid: impl Fn(&Ticket) -> bool) {
        self.void += 1;
        if self.void > 16 + self.len() / 2 {
            self.new.retain(&is_valid);
            self.proven.retain(&is_valid);
            self.void = 0;
        }
    }

    /// Returns the ticket of the record that is worth least. `uses` tells, and takes one away, how often a record was
    /// used since it was asked last; `None` for a ticket whose record has left.
    pub(super) fn next_victim(&mut self, uses: impl Fn(Ticket) -> Option<u8>) -> Option<Ticket> {
        // Each record can be spared once a use; beyond that there is nobody left to find.
        let mut patience = 4 * self.len();
        while patience > 0 {
            patience -= 1;
            let from_new = self.new.len() * NEWCOMERS >= self.len();
            let ticket = if from_new { self.new.pop_front() } else { self.proven.pop_front() }?;
            match uses(ticket) {
                None => self.void = self.void.saturating_sub(1),
                Some(0) => return Some(ticket),
                Some(_) => self.proven.push_back(ticket),
            }
        }
        None
    }
}
