//! What is known of eras, and for how long.

use std::collections::HashMap;
use std::time::Duration;

use ahash::RandomState;

use super::super::super::Server;
use crate::clock::Tick;
use crate::lock::{Mutex, MutexGuard, lock};

/// What markers have said.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    eras: HashMap<Server, Page, RandomState>,
    /// Raised when anything is cleared here.
    changes: u64,
    /// Raised when a marker says something new.
    news: u64,
}

/// What the markers on one server have said.
type Page = HashMap<Box<str>, Known, RandomState>;

#[derive(Clone, Copy, Debug)]
struct Known {
    era: u64,
    /// Which news it was.
    number: u64,
    /// From when on somebody asks anew, while all others go by this.
    again: Tick,
    until: Tick,
}

/// How things stood before a marker was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    changes: u64,
    news: u64,
    at: Tick,
}

/// A change of an era: what was asked before it is over is not noted.
pub(super) struct Change<'a> {
    book: &'a Book,
    which: Which<'a>,
    drawn: Option<(u64, Tick)>,
    /// How many changes had begun or ended with it.
    begun: u64,
}

/// Which eras are changed.
#[derive(Clone, Copy)]
enum Which<'a> {
    One(Server, &'a str),
    OfServer(Server),
    All,
}

/// How long a marker is trusted.
const TRUST: Duration = Duration::from_secs(1);

/// How many eras are remembered of a server; there are as many as there are versions and namespaces in use.
const MOST: usize = 4096;

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        lock(&self.0)
    }

    /// Returns the era that is known, and how things stand for those who ask its marker. One caller asks early, so that the
    /// others need not.
    pub(super) fn look(&self, server: Server, level: &str, now: Tick) -> Result<u64, Asking> {
        let mut pages = self.pages();
        let asking = pages.asking(now);
        match pages.known(server, level).filter(|known| now < known.until) {
            Some(known) if now < known.again => Ok(known.era),
            Some(known) => {
                known.again = known.until;
                Err(asking)
            }
            None => Err(asking),
        }
    }

    /// Returns the era that is known, where nobody has to ask its marker for now.
    pub(super) fn trusted(&self, server: Server, level: &str, now: Tick) -> Option<u64> {
        self.pages().known(server, level).filter(|known| now < known.again).map(|known| known.era)
    }

    /// Returns the era that is known, and leaves the question for its marker to others.
    pub(super) fn peek(&self, server: Server, level: &str, now: Tick) -> Option<u64> {
        self.pages().known(server, level).filter(|known| now < known.until).map(|known| known.era)
    }

    /// Returns how things stand for those who ask a marker, whatever is known.
    pub(super) fn asking(&self, now: Tick) -> Asking {
        self.pages().asking(now)
    }

    /// Notes what a marker said, unless something was cleared meanwhile, or the marker was heard to say something else: of
    /// two answers that were under way at once, nobody can tell which is the older. Says whether it did; if not, the marker is
    /// to be asked once more.
    pub(super) fn note(&self, server: Server, level: &str, era: u64, asking: Asking) -> bool {
        let mut pages = self.pages();
        let is_older = |known: &mut Known| known.era == era || known.number <= asking.news;
        let is_true = pages.changes == asking.changes && pages.known(server, level).is_none_or(is_older);
        if is_true {
            pages.insert(server, level, era, asking.at);
        }
        is_true
    }

    /// Forgets an era, until the change is over and ever since.
    pub(super) fn change<'a>(&'a self, server: Server, level: &'a str) -> Change<'a> {
        self.begin(Which::One(server, level))
    }

    /// Forgets those of one server.
    pub(super) fn change_server(&self, server: Server) -> Change<'_> {
        self.begin(Which::OfServer(server))
    }

    pub(super) fn change_all(&self) -> Change<'_> {
        self.begin(Which::All)
    }

    fn begin<'a>(&'a self, which: Which<'a>) -> Change<'a> {
        let mut pages = self.pages();
        pages.forget(which);
        Change { book: self, which, drawn: None, begun: pages.changes }
    }
}

impl Pages {
    /// Forgets what is changed, and returns which era was known, where that is of one marker.
    fn forget(&mut self, which: Which<'_>) -> Option<u64> {
        self.changes += 1;
        match which {
            Which::One(server, level) => return Some(self.eras.get_mut(&server)?.remove(level)?.era),
            Which::OfServer(server) => drop(self.eras.remove(&server)),
            Which::All => self.eras.clear(),
        }
        None
    }

    fn known(&mut self, server: Server, level: &str) -> Option<&mut Known> {
        self.eras.get_mut(&server)?.get_mut(level)
    }

    fn asking(&self, now: Tick) -> Asking {
        Asking { changes: self.changes, news: self.news, at: now }
    }

    fn insert(&mut self, server: Server, level: &str, era: u64, asked: Tick) {
        let page = self.eras.entry(server).or_default();
        if page.len() >= MOST && !page.contains_key(level) {
            // With what was known goes what tells an answer that is older.
            page.clear();
            self.changes += 1;
        }
        let (again, until) = (asked.after(TRUST / 2), asked.after(TRUST));
        let number = match page.get(level) {
            Some(known) if known.era == era => known.number,
            _ => {
                self.news += 1;
                self.news
            }
        };
        page.insert(level.into(), Known { era, number, again, until });
    }
}

impl Change<'_> {
    /// Says what the marker says since it was told, no earlier than then. Where another change came between, or the marker was
    /// heard to say something else, either may be the last one: then the marker is asked.
    pub(super) fn end(mut self, era: u64, told: Tick) {
        self.drawn = Some((era, told));
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        let mut pages = self.book.pages();
        let heard = pages.forget(self.which);
        let is_alone = pages.changes == self.begun + 1;
        if let (true, Which::One(server, level), Some((era, told))) = (is_alone, self.which, self.drawn)
            && heard.is_none_or(|heard| heard == era)
        {
            pages.insert(server, level, era, told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Tick = Tick::from_nanos(1_000_000_000_000);

    const HERE: Server = Server::ONLY;

    #[test]
    fn an_era_is_known_for_a_second_and_one_caller_asks_early() {
        let book = Book::default();
        let asking = book.look(HERE, "a", NOW).expect_err("nobody knows it");
        assert!(book.note(HERE, "a", 7, asking));
        let half = NOW.after(TRUST / 2);
        assert_eq!((book.look(HERE, "a", NOW).ok(), book.trusted(HERE, "a", NOW)), (Some(7), Some(7)));
        assert_eq!(book.trusted(HERE, "a", half), None, "somebody is to ask, and this does not say who");
        assert!(book.look(HERE, "a", half).is_err(), "this one asks");
        assert_eq!(book.trusted(HERE, "a", half), Some(7));
        assert_eq!(book.look(HERE, "a", half).ok(), Some(7), "and the others need not");
        assert!(book.look(HERE, "a", NOW.after(TRUST)).is_err());
        assert!(book.look(HERE, "b", NOW).is_err());
        assert!(book.look(Server::called("another"), "a", NOW).is_err(), "each says what it says");
    }

    #[test]
    fn what_was_asked_before_a_change_is_not_noted_whether_that_was_ended_or_left() {
        let book = Book::default();
        let before = book.look(HERE, "a", NOW).expect_err("nobody knows it");
        let change = book.change(HERE, "a");
        assert!(!book.note(HERE, "a", 7, before));
        let during = book.look(HERE, "a", NOW).expect_err("it is being changed");
        change.end(8, NOW);
        assert!(!book.note(HERE, "a", 7, during));
        assert_eq!(book.look(HERE, "a", NOW).ok(), Some(8));
        drop(book.change(HERE, "a"));
        assert!(book.look(HERE, "a", NOW).is_err());
    }

    #[test]
    fn of_two_answers_that_were_under_way_at_once_the_first_one_stands_until_the_marker_was_asked_again() {
        let book = Book::default();
        let [slow, quick] = [(); 2].map(|()| book.asking(NOW));
        assert!(book.note(HERE, "a", 8, quick));
        assert!(!book.note(HERE, "a", 7, slow), "it may be what the marker said before");
        assert!(book.note(HERE, "a", 8, slow), "it says the same");
        assert!(book.note(HERE, "b", 7, slow), "of another marker");
        assert_eq!(book.look(HERE, "a", NOW).ok(), Some(8));
        let later = book.asking(NOW);
        assert!(book.note(HERE, "a", 9, later), "it was asked after the other one was heard");
    }

    #[test]
    fn a_change_whose_answer_is_late_brings_nobody_back_to_what_it_had_written() {
        let book = Book::default();
        let change = book.change(HERE, "a");
        let during = book.asking(NOW);
        assert!(book.note(HERE, "a", 9, during), "what another one has written since, or what was there before");
        change.end(8, NOW);
        assert!(book.look(HERE, "a", NOW).is_err(), "the marker is asked");

        let change = book.change(HERE, "a");
        let during = book.asking(NOW);
        assert!(book.note(HERE, "a", 10, during), "its own, heard of before its answer came");
        change.end(10, NOW);
        assert_eq!(book.look(HERE, "a", NOW).ok(), Some(10));
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let book = Book::default();
        for number in 0..3 * MOST as u64 {
            let level = format!("{number}");
            let asking = book.look(HERE, &level, NOW).expect_err("nobody knows it");
            assert!(book.note(HERE, &level, number, asking));
        }
        assert!(book.pages().eras[&HERE].len() <= MOST);
    }
}
