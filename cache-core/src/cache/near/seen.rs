//! What markers of tags said when they were last asked, where their store tells when they say something else.

use std::collections::HashMap;

use ahash::RandomState;

use super::changes::{Changes, Ticket};
use crate::lock::{RwLock, read, write};

/// The versions of tags that were seen, and not told to be others since.
#[derive(Debug, Default)]
pub(super) struct Seen {
    versions: RwLock<HashMap<u64, u64, RandomState>>,
    changes: Changes,
}

/// How many are remembered. One more, and all are asked for again.
const MOST: usize = 8192;

impl Seen {
    pub(super) fn version(&self, tag: u64) -> Option<u64> {
        read(&self.versions).get(&tag).copied()
    }

    pub(super) fn ticket(&self, tag: u64) -> Ticket {
        self.changes.ticket(&tag.to_le_bytes())
    }

    /// Remembers a version, unless the marker was changed since the ticket was taken.
    pub(super) fn note(&self, ticket: &Ticket, tag: u64, version: u64) {
        self.changes.redeem(ticket, || {
            let mut versions = write(&self.versions);
            if versions.len() >= MOST {
                versions.clear();
            }
            versions.insert(tag, version);
        });
    }

    pub(super) fn forget(&self, tag: u64) {
        self.changes.change(&tag.to_le_bytes());
        write(&self.versions).remove(&tag);
    }

    pub(super) fn forget_all(&self) {
        self.changes.change_all();
        write(&self.versions).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_until_its_marker_is_told_to_have_changed() {
        let seen = Seen::default();
        let ticket = seen.ticket(1);
        seen.note(&ticket, 1, 10);
        assert_eq!(seen.version(1), Some(10));
        seen.forget(1);
        seen.note(&ticket, 1, 10);
        assert_eq!(seen.version(1), None, "it was read before the change");
        seen.note(&seen.ticket(1), 1, 11);
        assert_eq!(seen.version(1), Some(11));
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let seen = Seen::default();
        (0..3 * MOST as u64).for_each(|tag| seen.note(&seen.ticket(tag), tag, tag));
        assert!(read(&seen.versions).len() <= MOST);
    }
}
