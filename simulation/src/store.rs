//! What the remote holds, and what it does when it is asked: the semantics of [`cache_core::backend::Backend`], in one
//! place and one step at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use cache_core::backend::{Entry, Remaining, Ticket};

use crate::mutants::Mutant;
use crate::world::Nanos;

/// What is asked of the remote.
#[derive(Clone, Debug)]
pub enum Ask {
    /// What is under each of these names?
    Get(Vec<Box<[u8]>>),
    /// Keep each of these.
    Set(Vec<Put>),
    /// Keep it, if nothing is there.
    Add(Put),
    /// Remove what is under each of these names.
    Delete(Vec<Box<[u8]>>),
    /// Give it another time.
    Touch(Box<[u8]>, Option<Duration>),
    /// Add to the number.
    Incr(Box<[u8]>, i64),
    /// How long does it have?
    Ttl(Box<[u8]>),
    /// Remove everything that begins like this.
    Clear(Box<[u8]>),
    /// Take a ticket for each of these.
    Begin(Vec<Box<[u8]>>),
    /// Keep each of these, if nothing happened to its name since its ticket.
    SetIf(Vec<(Put, Vec<u8>)>),
}

/// What is to be kept.
#[derive(Clone, Debug)]
pub struct Put {
    /// Its name.
    pub name: Box<[u8]>,
    /// The bytes.
    pub value: Vec<u8>,
    /// For how long.
    pub time: Option<Duration>,
}

impl Put {
    /// Keeps this.
    #[must_use]
    pub fn new(name: &[u8], value: &[u8], time: Option<Duration>) -> Self {
        Self { name: name.into(), value: value.to_vec(), time }
    }
}

impl From<&Entry> for Put {
    fn from(entry: &Entry) -> Self {
        Self::new(entry.name.as_bytes(), &entry.value, entry.time)
    }
}

/// What the remote answers.
#[derive(Clone, Debug)]
pub enum Said {
    /// What is under the names.
    Values(Vec<Option<Vec<u8>>>),
    /// It is done.
    Done,
    /// Whether it did it, to each.
    Did(Vec<bool>),
    /// How many there were.
    Count(u64),
    /// The sum, unless there is no number there.
    Sum(Result<i64, NoSum>),
    /// How long it has.
    Has(Option<Remaining>),
    /// A ticket for each.
    Tickets(Vec<Ticket>),
}

/// Why nothing was added.
#[derive(Clone, Copy, Debug)]
pub enum NoSum {
    /// Nothing is there.
    Missing,
    /// It is no number.
    NotANumber,
    /// It would not fit.
    Overflow,
}

/// What was changed by a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// What is under this name.
    Name(Box<[u8]>),
    /// Perhaps everything.
    All,
}

/// What the remote holds.
#[derive(Debug, Default)]
pub struct Store {
    entries: BTreeMap<Box<[u8]>, Held>,
    /// When each name was last changed, as a count.
    changed: BTreeMap<Box<[u8]>, u64>,
    changes: u64,
    /// Tickets of fewer changes are worth nothing.
    floor: u64,
    mutant: Option<Mutant>,
}

#[derive(Clone, Debug)]
struct Held {
    value: Vec<u8>,
    until: Option<Nanos>,
}

impl Store {
    /// Makes an empty store, with a fault or none.
    #[must_use]
    pub fn new(mutant: Option<Mutant>) -> Self {
        Self { mutant, ..Self::default() }
    }

    /// Loses everything, as a server does that is started anew.
    pub fn restart(&mut self) {
        self.entries.clear();
        self.forget_tickets();
    }

    /// Is started anew, and finds what it had.
    pub fn forget_tickets(&mut self) {
        self.changes += 1;
        self.floor = self.changes;
    }

    fn there(&mut self, name: &[u8], now: Nanos) -> Option<&mut Held> {
        if self.entries.get(name).is_some_and(|held| held.until.is_some_and(|until| until <= now)) {
            self.entries.remove(name);
        }
        self.entries.get_mut(name)
    }

    fn note(&mut self, name: &[u8], changed: &mut Vec<Changed>) {
        self.changes += 1;
        self.changed.insert(name.into(), self.changes);
        changed.push(Changed::Name(name.into()));
    }

    fn put(&mut self, put: &Put, now: Nanos, changed: &mut Vec<Changed>) {
        let time = put.time.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        let until = time.map(|time| now.saturating_add(time));
        self.entries.insert(put.name.clone(), Held { value: put.value.clone(), until });
        self.note(&put.name, changed);
    }

    fn is_good(&self, name: &[u8], ticket: &[u8]) -> bool {
        let Ok(ticket) = ticket.try_into().map(u64::from_le_bytes) else { return false };
        let last = self.changed.get(name).copied().unwrap_or(0).max(self.floor);
        ticket >= last || self.mutant == Some(Mutant::TicketsIgnored)
    }

    /// Does what it is asked, and says what was changed by that.
    pub fn ask(&mut self, ask: &Ask, now: Nanos) -> (Said, Vec<Changed>) {
        let mut changed = Vec::new();
        let said = match ask {
            Ask::Get(names) => {
                Said::Values(names.iter().map(|name| self.there(name, now).map(|held| held.value.clone())).collect())
            }
            Ask::Set(puts) => {
                for put in puts {
                    self.put(put, now, &mut changed);
                }
                Said::Done
            }
            Ask::Add(put) => {
                let is_free = self.there(&put.name, now).is_none();
                if is_free {
                    self.put(put, now, &mut changed);
                }
                Said::Did(vec![is_free || self.mutant == Some(Mutant::AddWonByAll)])
            }
            Ask::Delete(names) => {
                let mut count = 0;
                for name in names {
                    count += u64::from(self.there(name, now).is_some());
                    if self.mutant != Some(Mutant::DeleteDoesNothing) {
                        self.entries.remove(name);
                    }
                    self.note(name, &mut changed);
                }
                Said::Count(count)
            }
            Ask::Touch(name, time) => {
                let time = time.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
                let held = self.there(name, now);
                let is_there = held.is_some();
                if let Some(held) = held {
                    held.until = time.map(|time| now.saturating_add(time));
                    changed.push(Changed::Name(name.clone()));
                }
                Said::Did(vec![is_there])
            }
            Ask::Incr(name, delta) => Said::Sum(self.count(name, *delta, now, &mut changed)),
            Ask::Ttl(name) => Said::Has(self.there(name, now).map(|held| match held.until {
                None => Remaining::Forever,
                Some(until) => Remaining::For(Duration::from_nanos(until - now)),
            })),
            Ask::Clear(start) => {
                self.forget_tickets();
                let gone: Vec<_> = self.entries.keys().filter(|name| name.starts_with(start)).cloned().collect();
                for name in gone {
                    self.entries.remove(&name);
                    changed.push(Changed::Name(name));
                }
                if start.is_empty() {
                    changed = vec![Changed::All];
                }
                Said::Done
            }
            Ask::Begin(names) => {
                Said::Tickets(names.iter().map(|_| Ticket(self.changes.to_le_bytes().to_vec())).collect())
            }
            Ask::SetIf(puts) => Said::Did(
                puts.iter()
                    .map(|(put, ticket)| {
                        let is_good = self.is_good(&put.name, ticket);
                        if is_good {
                            self.put(put, now, &mut changed);
                        }
                        is_good
                    })
                    .collect(),
            ),
        };
        (said, changed)
    }

    fn count(&mut self, name: &[u8], delta: i64, now: Nanos, changed: &mut Vec<Changed>) -> Result<i64, NoSum> {
        let held = self.there(name, now).ok_or(NoSum::Missing)?;
        let text = std::str::from_utf8(&held.value).map_err(|_| NoSum::NotANumber)?;
        let number: i64 = text.parse().map_err(|_| NoSum::NotANumber)?;
        let sum = number.checked_add(delta).ok_or(NoSum::Overflow)?;
        held.value = sum.to_string().into_bytes();
        self.note(name, changed);
        Ok(sum)
    }
}

impl Ask {
    /// Returns whether it changes something without asking whether it may, and so is not to arrive after its caller has
    /// given it up.
    #[must_use]
    pub fn is_blunt(&self) -> bool {
        matches!(self, Self::Set(_) | Self::Incr(..) | Self::Touch(..))
    }

    /// Returns whether it changes something.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Get(_) | Self::Ttl(_) | Self::Begin(_))
    }

    /// Returns whether it says what entries are called from now on.
    #[must_use]
    pub fn is_about_eras(&self) -> bool {
        let is_marker = |put: &Put| put.name.windows(6).any(|part| part == b"%=:era");
        match self {
            Self::Set(puts) => puts.iter().any(is_marker),
            Self::Add(put) => is_marker(put),
            _ => false,
        }
    }

    /// Returns what a person calls it.
    #[must_use]
    pub fn said(&self) -> String {
        let names = |names: &[Box<[u8]>]| names.iter().map(|name| spelled(name)).collect::<Vec<_>>().join(" ");
        match self {
            Self::Get(asked) => format!("get {}", names(asked)),
            Self::Set(puts) => {
                format!("set {}", puts.iter().map(|put| spelled(&put.name)).collect::<Vec<_>>().join(" "))
            }
            Self::Add(put) => format!("add {}", spelled(&put.name)),
            Self::Delete(asked) => format!("delete {}", names(asked)),
            Self::Touch(name, _) => format!("touch {}", spelled(name)),
            Self::Incr(name, delta) => format!("incr {} by {delta}", spelled(name)),
            Self::Ttl(name) => format!("ttl {}", spelled(name)),
            Self::Clear(start) => format!("clear {}", spelled(start)),
            Self::Begin(asked) => format!("begin_fill {}", names(asked)),
            Self::SetIf(puts) => {
                format!("set_if {}", puts.iter().map(|(put, _)| spelled(&put.name)).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

/// Returns a name as it stands in a story.
#[must_use]
pub fn spelled(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
