//! [`Stand`]: how a name stood when a load began.

use cache_core::backend::Ticket;

/// How a name stood: the number of the entry or of the lease that was there, on which server, and which connection to that was
/// the newest then.
///
/// Servers number their changes from 1 on, and begin anew when they are started. So a number means something only as long as
/// the server cannot have been started again: while no connection to it was opened since, in whichever runtime. Nor does it
/// mean anything to another server, which counts as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub cas: u64,
    pub server: u64,
    pub connection: u64,
}

impl Stand {
    pub(super) fn write(self) -> Ticket {
        Ticket([self.cas, self.server, self.connection].map(u64::to_le_bytes).concat())
    }

    /// Reads a ticket; `None` where nobody here has given it out.
    pub(super) fn read(ticket: &Ticket) -> Option<Self> {
        let (numbers, rest) = ticket.0.as_chunks();
        let [cas, server, connection] = <[_; 3]>::try_from(numbers).ok()?.map(u64::from_le_bytes);
        Some(Self { cas, server, connection }).filter(|stand| stand.cas > 0 && rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_as_it_was_written_and_nothing_else_is_one() {
        let stand = Stand { cas: 7, server: 5, connection: 3 };
        let Ticket(bytes) = stand.write();
        assert_eq!(Stand::read(&Ticket(bytes.clone())), Some(stand));
        for other in [&bytes[1..], &bytes.repeat(2), &[0; 24], b""] {
            assert_eq!(Stand::read(&Ticket(other.to_vec())), None);
        }
    }
}
