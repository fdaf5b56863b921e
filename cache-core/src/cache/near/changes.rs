//! What has changed since somebody began to read: tickets of the near level.

use ahash::RandomState;

use crate::lock::{Mutex, lock};

/// How many numbers there are for all names: who shares one with a name that is changed is refused by mistake, and asks the
/// store once more.
const STRIPES: usize = if cfg!(shuttle) { 4 } else { 1024 };

/// How often names were changed, each stripe for itself.
#[derive(Debug)]
pub(super) struct Changes {
    stripes: Box<[Mutex<u64>]>,
    hasher: RandomState,
}

/// How things stood when somebody began to read.
#[derive(Clone, Copy, Debug)]
pub(in crate::cache) struct Ticket {
    stripe: usize,
    changes: u64,
}

impl Default for Changes {
    fn default() -> Self {
        Self { stripes: (0..STRIPES).map(|_| Mutex::new(0)).collect(), hasher: RandomState::new() }
    }
}

impl Changes {
    fn stripe(&self, name: &[u8]) -> usize {
        (self.hasher.hash_one(name) >> 32) as usize % STRIPES
    }

    pub(super) fn ticket(&self, name: &[u8]) -> Ticket {
        let stripe = self.stripe(name);
        Ticket { stripe, changes: *lock(&self.stripes[stripe]) }
    }

    /// Makes all tickets for this name worthless. What was kept by one is to be taken out after this, and not before.
    pub(super) fn change(&self, name: &[u8]) {
        *lock(&self.stripes[self.stripe(name)]) += 1;
    }

    pub(super) fn change_all(&self) {
        self.stripes.iter().for_each(|stripe| *lock(stripe) += 1);
    }

    /// Runs `keep` if nothing was changed since the ticket was taken, in one step with that look.
    pub(super) fn redeem<T>(&self, ticket: &Ticket, keep: impl FnOnce() -> T) -> Option<T> {
        let changes = lock(&self.stripes[ticket.stripe]);
        (*changes == ticket.changes).then(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_until_its_name_or_everything_is_changed() {
        let changes = Changes::default();
        let ticket = changes.ticket(b"name");
        let other = (0..1000).map(|number| format!("{number}")).find(|other| {
            let other = changes.ticket(other.as_bytes());
            other.stripe != ticket.stripe
        });
        changes.change(other.expect("there are many names").as_bytes());
        assert_eq!((changes.redeem(&ticket, || 1), changes.redeem(&ticket, || 2)), (Some(1), Some(2)));
        changes.change(b"name");
        assert_eq!(changes.redeem(&ticket, || 1), None);
        let ticket = changes.ticket(b"name");
        changes.change_all();
        assert_eq!(changes.redeem(&ticket, || 1), None);
    }
}
