//! Tickets: how a name stood when a load began.

use cache_core::backend::Ticket;

use super::client::Row;
use super::row::number;

/// How a name stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The version that was there; 0 where there was none.
    pub version: i64,
    /// When that was.
    pub taken: i64,
    /// What the gate was: it changes whenever anything is cleared.
    pub gate: i64,
    /// The sum of the marks that concern the name: it changes when what it is in is cleared.
    pub marks: i64,
}

impl Standing {
    /// Reads a row; `None` where the gate is gone.
    pub(super) fn of(row: &Row) -> Option<Self> {
        let [version, taken, gate, marks] = &row[..] else { return None };
        Some(Self {
            version: number(version).unwrap_or(0),
            taken: number(taken)?,
            gate: number(gate)?,
            marks: number(marks).unwrap_or(0),
        })
    }

    pub(super) fn write(self) -> Ticket {
        Ticket([self.version, self.taken, self.gate, self.marks].map(i64::to_le_bytes).concat())
    }

    /// Reads a ticket; `None` where nobody here has given it out.
    pub(super) fn read(ticket: &Ticket) -> Option<Self> {
        let bytes: [u8; 32] = ticket.0[..].try_into().ok()?;
        let mut words = bytes.chunks_exact(8).map(|word| i64::from_le_bytes(word.try_into().expect("eight bytes")));
        let mut next = || words.next().unwrap_or(0);
        Some(Self { version: next(), taken: next(), gate: next(), marks: next() })
    }

    /// Returns whether nothing has changed but the gate, for something else that was cleared.
    pub(super) fn holds(&self, now: &Self) -> bool {
        (self.version, self.marks) == (now.version, now.marks) && self.gate != now.gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::client::Cell;

    const STANDING: Standing = Standing { version: 1, taken: 1 << 40, gate: i64::MAX, marks: 0 };

    #[test]
    fn a_ticket_is_read_as_it_was_written_and_no_other_is_read() {
        assert_eq!(Standing::read(&STANDING.write()), Some(STANDING));
        for forged in [0, 8, 31, 33] {
            assert_eq!(Standing::read(&Ticket(vec![0; forged])), None);
        }
        let row = |gate| vec![Cell::Nothing, Cell::Number(5), gate, Cell::Number(0)];
        assert_eq!(Standing::of(&row(Cell::Nothing)), None, "without a gate there are no tickets");
        assert_eq!(Standing::of(&row(Cell::Number(7))).map(|standing| (standing.version, standing.gate)), Some((0, 7)));
    }

    #[test]
    fn a_ticket_holds_where_something_else_was_cleared() {
        let cleared = Standing { gate: 5, ..STANDING };
        assert!(STANDING.holds(&cleared));
        assert!(!STANDING.holds(&STANDING), "it was refused for something else then");
        assert!(
            !STANDING.holds(&Standing { marks: 3, ..cleared }) && !STANDING.holds(&Standing { version: 2, ..cleared })
        );
    }
}
