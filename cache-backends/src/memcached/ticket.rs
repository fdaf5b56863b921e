//! [`Stand`]: how a name stood when a load began.

use cache_core::backend::Ticket;

/// How a name stood: the number of the entry or of the lease that was there, and which connection was the newest then.
///
/// Servers number their changes from 1 on, and begin anew when they are started. So a number means something only as long as
/// the server cannot have been started again: while no connection to it was opened since, in whichever runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub cas: u64,
    pub connection: u64,
}

impl Stand {
    pub(super) fn write(self) -> Ticket {
        Ticket([self.cas, self.connection].map(u64::to_le_bytes).concat())
    }

    /// Reads a ticket; `None` where nobody here has given it out.
    pub(super) fn read(ticket: &Ticket) -> Option<Self> {
        let bytes: [u8; 16] = ticket.0[..].try_into().ok()?;
        let (cas, connection) = bytes.split_first_chunk()?;
        let connection = u64::from_le_bytes(connection.try_into().ok()?);
        Some(Self { cas: u64::from_le_bytes(*cas), connection }).filter(|stand| stand.cas > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_as_it_was_written_and_nothing_else_is_one() {
        let stand = Stand { cas: 7, connection: 3 };
        let Ticket(bytes) = stand.write();
        assert_eq!(Stand::read(&Ticket(bytes.clone())), Some(stand));
        for other in [&bytes[1..], &bytes.repeat(2), &[0; 16], b""] {
            assert_eq!(Stand::read(&Ticket(other.to_vec())), None);
        }
    }
}
