//! A store such as people build on a table of a database, with one flaw.

mod flaw;
mod operations;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

pub(super) use flaw::Flaw;

use crate::backend::Ticket;
use crate::clock::{Clock, Tick};
use crate::codec::wire;
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::lock::{Mutex, MutexGuard, lock};

/// Tickets are good for so long, and versions and clearings are kept for longer.
const TICKETS: Duration = Duration::from_secs(600);
const LARGEST: usize = 5 << 20;

#[derive(Clone, Debug)]
struct Row {
    /// `None` is what is left of what was removed.
    value: Option<Vec<u8>>,
    /// What stood in a column of numbers.
    number: Option<i64>,
    until: Tick,
    version: u64,
    changed: Tick,
    /// What `ttl` says in the place of the truth.
    says_for_ever: bool,
    /// Its end before it was touched.
    untouched: Tick,
}

#[derive(Default)]
struct Rows {
    all: BTreeMap<String, Row>,
    clearings: Vec<(String, Tick)>,
    versions: u64,
}

pub(super) struct Table {
    clock: Clock,
    rows: Mutex<Rows>,
    flaw: Flaw,
    jammed: AtomicBool,
    callers: AtomicUsize,
}

impl Table {
    pub(super) fn new(clock: &Clock, flaw: Flaw) -> Self {
        let (jammed, callers) = (AtomicBool::new(false), AtomicUsize::new(0));
        Self { clock: clock.clone(), rows: Mutex::default(), flaw, jammed, callers }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn is_limited(&self) -> bool {
        matches!(self.flaw, Flaw::StopsManyAtWhatIsTooLarge | Flaw::RefusesTheLargest)
    }

    /// Says that a value is too large, where that is so.
    fn fits(&self, value: &[u8]) -> Result<(), Error> {
        let fits = value.len() < LARGEST || (value.len() == LARGEST && !self.has(Flaw::RefusesTheLargest));
        if fits || !self.is_limited() { Ok(()) } else { Err(Error::new(Kind::TooLarge, "too large")) }
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        lock(&self.rows)
    }

    fn column(&self, name: &Name) -> String {
        let name = name.as_str();
        match self.flaw {
            Flaw::CutsLongNames => name[..name.len().min(249)].to_owned(),
            Flaw::IgnoresCase => name.to_lowercase(),
            _ => name.to_owned(),
        }
    }

    fn until(&self, time: Option<Duration>) -> Tick {
        let months = Duration::from_secs(30 * 24 * 60 * 60);
        let seconds = |time: Duration| Duration::from_secs(time.as_secs());
        let Some(time) = time else {
            let is_lost = self.has(Flaw::LosesWhatIsAYearOld);
            return if is_lost { self.clock.now().after(months * 12) } else { Tick::NEVER };
        };
        let time = match self.flaw {
            Flaw::KeepsMonthsForEver if time > months => return Tick::NEVER,
            Flaw::LongTimesAreDates if time > months => Duration::ZERO,
            Flaw::TinyIsForEver if time < Duration::from_millis(1) && !time.is_zero() => return Tick::NEVER,
            Flaw::RoundsDownToSeconds => seconds(time),
            Flaw::RoundsUpToSeconds => seconds(time + Duration::from_millis(999)),
            _ => time,
        };
        self.clock.now().after(time)
    }

    fn is_live(&self, row: &Row) -> bool {
        row.value.is_some() && row.until > self.clock.now()
    }

    fn live(&self, rows: &Rows, name: &Name) -> Option<Row> {
        rows.all.get(&self.column(name)).filter(|row| self.is_live(row)).cloned()
    }

    fn put(&self, rows: &mut Rows, name: &Name, value: Option<Vec<u8>>, until: Tick) {
        let (column, now) = (self.column(name), self.clock.now());
        let before = rows.all.get(&column);
        rows.versions += 1;
        let counted = before.map_or(0, |row| row.version) + 1;
        let version = if self.has(Flaw::CountsEachNamesVersions) { counted } else { rows.versions };
        let number = value.as_ref().and_then(|value| wire::number_from_bytes(value));
        let beside = before.and_then(|row| row.number).filter(|_| self.has(Flaw::KeepsNumbersBesideTexts));
        let value = value.map(|value| self.written(value, number, before.and_then(|row| row.value.as_deref())));
        let row = Row {
            value,
            number: number.or(beside),
            until,
            version,
            changed: now,
            says_for_ever: false,
            untouched: until,
        };
        rows.all.insert(column, row);
        self.sweep(rows);
    }

    /// Returns what stands in the column after this was written into it.
    fn written(&self, value: Vec<u8>, number: Option<i64>, before: Option<&[u8]>) -> Vec<u8> {
        let end = |end: usize| value[..value.len().min(end)].to_vec();
        match (self.flaw, number, before) {
            (Flaw::SpellsNumbersAnew, Some(number), _) => wire::number_to_bytes(number),
            (Flaw::CutsLongValues, ..) => end(65_535),
            (Flaw::EndsAtAZeroByte, ..) => end(value.iter().position(|byte| *byte == 0).unwrap_or(usize::MAX)),
            (Flaw::OverwritesInPlace, _, Some(before)) if before.len() > value.len() => {
                [&value, &before[value.len()..]].concat()
            }
            _ => value,
        }
    }

    /// Lets go of what nobody needs any more, and of more where that is the flaw.
    fn sweep(&self, rows: &mut Rows) {
        let now = self.clock.now();
        let hour = Duration::from_secs(3_600);
        match self.flaw {
            Flaw::SweepsUpVersions => rows.all.retain(|_, row| row.value.is_none() || row.until > now),
            Flaw::ForgetsRemovalsInAnHour => {
                rows.all.retain(|_, row| self.is_live(row) || now.since(row.changed) < hour);
            }
            Flaw::ForgetsClearsInAnHour => rows.clearings.retain(|(_, at)| now.since(*at) < hour),
            _ => {}
        }
    }

    fn version(&self, rows: &Rows, name: &Name) -> u64 {
        let of_the_whole_store = self.has(Flaw::TicketsOfTheWholeStore);
        rows.all.get(&self.column(name)).map_or(0, |row| row.version).max(rows.versions * u64::from(of_the_whole_store))
    }

    fn is_cleared_since(&self, rows: &Rows, name: &Name, taken: Tick) -> bool {
        let scope = name.as_str().rmatch_indices(':').nth(0).map_or("", |(at, _)| &name.as_str()[..=at]);
        rows.clearings.iter().any(|(cleared, at)| match self.flaw {
            Flaw::NotesOneScope => cleared == scope && *at >= taken,
            Flaw::NeverFillsAfterAClear => name.as_str().starts_with(cleared),
            _ => name.as_str().starts_with(cleared) && *at >= taken,
        })
    }

    fn is_good(&self, rows: &Rows, name: &Name, ticket: &Ticket) -> bool {
        let (version, taken) = match ticket.0.as_chunks::<8>() {
            ([version, taken], []) => (u64::from_le_bytes(*version), Tick::from_nanos(u64::from_le_bytes(*taken))),
            ([version, taken, ..], _) if self.has(Flaw::TakesDamagedTickets) => {
                (u64::from_le_bytes(*version), Tick::from_nanos(u64::from_le_bytes(*taken)))
            }
            _ if self.has(Flaw::TakesAnyTicket) => (self.version(rows, name), self.clock.now()),
            _ => return false,
        };
        match self.flaw {
            Flaw::FillsAnyway => return true,
            Flaw::FillsNothing => return false,
            _ => {}
        }
        let now = self.clock.now();
        let forgetful = matches!(self.flaw, Flaw::ForgetsRemovalsInAnHour | Flaw::ForgetsClearsInAnHour);
        let is_old = now.since(taken) > TICKETS && !forgetful;
        taken <= now && !is_old && !self.is_cleared_since(rows, name, taken) && version == self.version(rows, name)
    }

    fn is_inside(&self, column: &str, scope: &str) -> bool {
        match self.flaw {
            Flaw::ClearIsAPatternOfLike => like(column.as_bytes(), format!("{scope}%").as_bytes(), b"%", b"_"),
            Flaw::ClearIsAPatternOfFiles => like(column.as_bytes(), format!("{scope}*").as_bytes(), b"*", b"?"),
            Flaw::ClearMissesTheLastNames => column >= scope && *column < *format!("{scope}~~"),
            Flaw::ClearReachesTheNextName => {
                let (most, last) = scope.split_at(scope.len().saturating_sub(1));
                let next = last.bytes().next().map_or(b'~', |last| last + 1) as char;
                column >= scope && *column <= *format!("{most}{next}~")
            }
            _ => column.starts_with(scope),
        }
    }

    /// Waits for its turn where somebody else is at work, as a caller who can be left does.
    async fn turn(&self) -> Turn<'_> {
        if self.has(Flaw::IsJammedByWhoeverLeaves) {
            std::future::poll_fn(|_| {
                let jammed = self.jammed.swap(true, Ordering::SeqCst);
                if jammed { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
            })
            .await;
            once_pending().await;
            self.jammed.store(false, Ordering::SeqCst);
        }
        let others = self.callers.fetch_add(1, Ordering::SeqCst);
        let turn = Turn { table: self, others };
        if matches!(self.flaw, Flaw::RefusesACrowd | Flaw::MixesUpACrowd) {
            (0..20).for_each(|_| std::thread::yield_now());
            once_pending().await;
        }
        turn
    }
}

struct Turn<'a> {
    table: &'a Table,
    others: usize,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.table.callers.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Is not there at the first look, and at the second.
async fn once_pending() {
    let mut looked = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut looked, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Matches a text with a pattern, in which some characters are many or any one.
fn like(text: &[u8], pattern: &[u8], many: &[u8], one: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, _) => text.is_empty(),
        (Some((first, rest)), _) if many.contains(first) => {
            (0..=text.len()).any(|at| like(&text[at..], rest, many, one))
        }
        (Some((first, rest)), Some((byte, text))) => {
            (one.contains(first) || first == byte) && like(text, rest, many, one)
        }
        (Some(_), None) => false,
    }
}
