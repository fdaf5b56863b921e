//! The book of a drawer: what is in it, and what makes tickets worthless.
//!
//! It is the file whose lock whoever changes anything in the drawer holds; it is written in its place, and read without
//! the lock too, so it carries a sum. A book that is lost or torn begins a new generation, in which no earlier ticket is
//! worth anything.
//!
//! | bytes | what |
//! |---|---|
//! | 0, 4 | magic, the format: 1 |
//! | 6 | how many marks of clearing there are |
//! | 8, 16 | generation; changes |
//! | 24, 32, 40 | entries, removals, bytes of the values |
//! | 48, 56 | the end and the last change of the entry that goes first |
//! | 64 | for each mark: the change it was, the time, the length of the scope, the scope |
//! | | the sum of all that |

use super::head::Head;
use super::sum::sum;
use super::ticket::Ticket;
use super::{FOR_EVER, KEPT_MILLIS};

const MAGIC: [u8; 4] = *b"Lbok";
const FORMAT: u8 = 1;
const FIXED: usize = 64;
/// So many marks are kept one by one.
const MARKS: usize = 32;
/// The longest scope that a name can begin with.
const LONGEST: usize = 250;
/// No book is longer.
pub(super) const MOST: usize = FIXED + MARKS * (18 + LONGEST) + 8;

/// Which entry of several goes first: the one whose time ends first, and of those the one that was changed first.
pub(super) type Turn = (u64, u64);

/// What goes last: nothing is there at all.
pub(super) const LAST: Turn = (FOR_EVER, FOR_EVER);

/// What is in a drawer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// The files with a value, whether or not its time is over.
    pub entries: u64,
    /// The files that say that something was removed.
    pub removals: u64,
    /// The bytes of all values.
    pub bytes: u64,
    /// No entry goes before this one would.
    pub first: Turn,
}

impl Counts {
    pub(super) const NOTHING: Self = Self { entries: 0, removals: 0, bytes: 0, first: LAST };

    pub(super) fn add(&mut self, head: &Head) {
        if head.removed {
            self.removals += 1;
            return;
        }
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(head.length);
        self.first = self.first.min((head.until, head.changed));
    }

    /// Counts that one file came in the place of another one.
    pub(super) fn replace(&mut self, was: Option<&Head>, is: Option<&Head>) {
        if let Some(head) = was {
            self.take(head);
        }
        if let Some(head) = is {
            self.add(head);
        }
    }

    fn take(&mut self, head: &Head) {
        if head.removed {
            self.removals = self.removals.saturating_sub(1);
            return;
        }
        self.entries = self.entries.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(head.length);
        if self.entries == 0 {
            self.first = LAST;
        }
    }
}

/// All names that begin like this were removed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    change: u64,
    at: u64,
    scope: Box<[u8]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Book {
    pub generation: u64,
    pub changes: u64,
    pub counts: Counts,
    marks: Vec<Mark>,
}

impl Book {
    /// Begins a book. Who knows what is in the drawer: it is to be counted before anything is taken from elsewhere.
    pub(super) fn new(generation: u64) -> Self {
        let counts = Counts { first: (0, 0), ..Counts::NOTHING };
        Self { generation, changes: 0, counts, marks: Vec::new() }
    }

    /// Makes all tickets worthless.
    pub(super) fn begin_generation(&mut self, generation: u64) {
        self.generation = generation;
        self.changes += 1;
        self.marks.clear();
    }

    /// Makes the tickets of all names worthless that begin like this.
    pub(super) fn mark(&mut self, scope: &[u8], now: u64, generation: u64) {
        self.changes += 1;
        self.marks.retain(|mark| *mark.scope != *scope && now.saturating_sub(mark.at) < KEPT_MILLIS);
        if self.marks.len() >= MARKS {
            return self.begin_generation(generation);
        }
        if scope.len() <= LONGEST {
            self.marks.push(Mark { change: self.changes, at: now, scope: scope.into() });
        }
    }

    /// Returns whether a ticket for this name is from this book, and no mark is younger.
    pub(super) fn honours(&self, ticket: &Ticket, name: &[u8]) -> bool {
        let is_cleared = |mark: &Mark| mark.change > ticket.changes && name.starts_with(&mark.scope);
        self.generation == ticket.generation && !self.marks.iter().any(is_cleared)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FIXED + 8);
        bytes.extend(MAGIC);
        bytes.extend([FORMAT, 0]);
        bytes.extend(u16::try_from(self.marks.len()).unwrap_or(u16::MAX).to_le_bytes());
        let Counts { entries, removals, bytes: size, first } = self.counts;
        for number in [self.generation, self.changes, entries, removals, size, first.0, first.1] {
            bytes.extend(number.to_le_bytes());
        }
        for mark in &self.marks {
            bytes.extend(mark.change.to_le_bytes());
            bytes.extend(mark.at.to_le_bytes());
            bytes.extend(u16::try_from(mark.scope.len()).unwrap_or(u16::MAX).to_le_bytes());
            bytes.extend(&mark.scope);
        }
        bytes.extend(sum(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a book; what is behind it is from an earlier one that was longer.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        if take::<4>(&mut rest)? != MAGIC || take::<2>(&mut rest)? != [FORMAT, 0] {
            return None;
        }
        let marks = u16::from_le_bytes(take(&mut rest)?);
        let mut number = || take(&mut rest).map(u64::from_le_bytes);
        let (generation, changes) = (number()?, number()?);
        let (entries, removals, size) = (number()?, number()?, number()?);
        let counts = Counts { entries, removals, bytes: size, first: (number()?, number()?) };
        let marks = (0..marks).map(|_| Mark::read(&mut rest)).collect::<Option<_>>()?;
        let end = bytes.len() - rest.len();
        let is_whole = u64::from_le_bytes(take(&mut rest)?) == sum(&bytes[..end]);
        // Nobody has come so far by counting, and whoever goes on from there comes to an end.
        let can_go_on = [changes, entries, removals].iter().all(|count| *count <= u64::MAX / 2);
        (is_whole && can_go_on && generation != 0).then_some(Self { generation, changes, counts, marks })
    }
}

#[cfg(fuzzing)]
impl Book {
    /// Puts the right sum behind what may be a book, for fuzzers.
    pub(super) fn with_its_sum(mut bytes: Vec<u8>) -> Vec<u8> {
        if bytes.len() >= FIXED + 8 {
            bytes.truncate(bytes.len() - 8);
            bytes.extend(sum(&bytes).to_le_bytes());
        }
        bytes
    }
}

impl Mark {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let [change, at] = [take(rest)?, take(rest)?].map(u64::from_le_bytes);
        let length = usize::from(u16::from_le_bytes(take(rest)?));
        let (scope, behind) = rest.split_at_checked(length)?;
        *rest = behind;
        Some(Self { change, at, scope: scope.into() })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ticket(book: &Book) -> Ticket {
        Ticket { generation: book.generation, changes: book.changes, version: 0, taken: 0 }
    }

    #[test]
    fn a_mark_refuses_the_tickets_from_before_it_in_its_scope_alone() {
        let mut book = Book::new(1);
        let before = ticket(&book);
        book.mark(b"shop:1:", 0, 2);
        assert!(!book.honours(&before, b"shop:1:key") && book.honours(&before, b"shop:11:key"));
        assert!(book.honours(&ticket(&book), b"shop:1:key"));
        let between = ticket(&book);
        book.mark(b"shop:1:", 0, 2);
        assert!(!book.honours(&between, b"shop:1:key"), "the same scope again");
        assert_eq!(book.marks.len(), 1);
    }

    #[test]
    fn no_mark_is_lost_where_there_are_many_and_old_ones_go() {
        let mut book = Book::new(1);
        let before = ticket(&book);
        for scope in 0..100 {
            book.mark(format!("{scope}:").as_bytes(), 0, 1_000 + scope);
            assert!(!book.honours(&before, format!("{scope}:key").as_bytes()) && book.marks.len() <= MARKS);
        }
        book.mark(b"late", KEPT_MILLIS, 9);
        assert_eq!(book.marks.len(), 1, "no ticket is as old as the others");
        book.mark(&[b'x'; 251], KEPT_MILLIS, 9);
        assert_eq!(book.marks.len(), 1, "no name begins like this");
    }

    #[test]
    fn a_book_stays_readable_that_was_written_once() {
        let mut book = Book { counts: Counts::NOTHING, ..Book::new(77) };
        book.counts.add(&Head::new(b"value", 60, 7, 1));
        book.counts.add(&Head::removal(8, 2));
        book.mark(b"shop:1:", 3, 0);
        assert_eq!(book.write().escape_ascii().to_string(), SAMPLE.escape_ascii().to_string());
        assert_eq!(Book::read(SAMPLE), Some(book));
    }

    const SAMPLE: &[u8] =
        b"Lbok\x01\x00\x01\x00M\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\
        \x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00<\x00\x00\
        \x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\
        \x00\x00\x00\x00\x00\x07\x00shop:1:\xa5\x1e\r\xa5\x13\xea;\xe7";

    #[test]
    fn a_book_that_could_count_no_further_is_none() {
        let spoils: [fn(&mut Book); 3] = [
            |book| book.changes = u64::MAX,
            |book| book.counts.entries = u64::MAX,
            |book| book.counts.removals = u64::MAX,
        ];
        for spoil in spoils {
            let mut book = Book::new(7);
            assert!(Book::read(&book.write()).is_some());
            spoil(&mut book);
            assert!(Book::read(&book.write()).is_none(), "{book:?}");
        }
    }

    #[test]
    fn what_is_counted_twice_or_never_stays_above_zero() {
        let mut counts = Counts::NOTHING;
        counts.take(&Head::new(b"value", 60, 7, 1));
        counts.take(&Head::removal(8, 2));
        assert_eq!(counts, Counts::NOTHING);
    }

    proptest! {
        #[test]
        fn a_torn_book_is_none(scopes: Vec<String>, at: usize, bit in 0..8, behind: Vec<u8>) {
            let mut book = Book::new(1);
            for scope in &scopes {
                book.mark(scope.as_bytes(), 0, 3);
            }
            let mut bytes = book.write();
            prop_assert!(bytes.len() <= MOST);
            let length = bytes.len();
            bytes.extend(behind);
            prop_assert_eq!(Book::read(&bytes), Some(book));
            prop_assert_eq!(Book::read(&bytes[..at % length]), None);
            bytes[at % length] ^= 1_u8 << bit;
            prop_assert_eq!(Book::read(&bytes), None);
        }
    }
}
