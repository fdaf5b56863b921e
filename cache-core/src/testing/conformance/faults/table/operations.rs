//! What a backend does, by the table.

use std::time::Duration;

use super::{Flaw, LARGEST, TICKETS, Table, once_pending};
use crate::backend::{Backend, Capabilities, Entry, Remaining, Ticket};
use crate::clock::Tick;
use crate::codec::wire;
use crate::error::{Error, Kind};
use crate::key::Name;

impl Backend for Table {
    fn capabilities(&self) -> Capabilities {
        let is_limited = self.is_limited();
        let sub_second = !self.has(Flaw::RoundsDownToSeconds);
        Capabilities { max_value_bytes: is_limited.then_some(LARGEST as u64), sub_second, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let turn = self.turn().await;
        if turn.others > 40 && self.has(Flaw::RefusesACrowd) {
            return Err(Error::new(Kind::Store, "too many connections"));
        }
        let mut rows = self.rows();
        if turn.others > 0 && self.has(Flaw::MixesUpACrowd) {
            return Ok(rows.all.values().rev().find_map(|row| row.value.clone()));
        }
        let found = self.live(&rows, name).and_then(|row| row.value);
        if found.is_none() && self.has(Flaw::ReadingSweepsUpVersions) {
            rows.all.remove(&self.column(name));
        }
        Ok(found.filter(|value| !value.is_empty() || !self.has(Flaw::EmptyIsNothing)))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        let _turn = self.turn().await;
        if self.has(Flaw::WritesInHalves) {
            self.put(&mut self.rows(), name, Some(value[..value.len() / 2].to_vec()), self.until(time));
            (0..20).for_each(|_| std::thread::yield_now());
            once_pending().await;
        }
        let mut rows = self.rows();
        if let Err(error) = self.fits(value) {
            self.put(&mut rows, name, None, Tick::NEVER);
            return Err(error);
        }
        if self.has(Flaw::ZeroLeavesNoVersion) && time == Some(Duration::ZERO) {
            rows.all.remove(&self.column(name));
            return Ok(());
        }
        let until = match self.live(&rows, name) {
            Some(row) if self.has(Flaw::SetKeepsTheTime) => row.until,
            _ if self.has(Flaw::ZeroIsForEver) && time == Some(Duration::ZERO) => Tick::NEVER,
            _ => self.until(time),
        };
        self.put(&mut rows, name, Some(value.to_vec()), until);
        Ok(())
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        let _turn = self.turn().await;
        let mut rows = self.rows();
        self.fits(value)?;
        let row = rows.all.get(&self.column(name));
        let taken =
            row.is_some_and(|row| self.is_live(row) || (row.value.is_some() && self.has(Flaw::AddSeesWhatExpired)));
        if !taken {
            self.put(&mut rows, name, Some(value.to_vec()), self.until(time));
        }
        Ok(!taken)
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        let _turn = self.turn().await;
        let mut rows = self.rows();
        let was = self.live(&rows, name).is_some();
        if was || !self.has(Flaw::RemovesWithoutAVersion) {
            self.put(&mut rows, name, None, Tick::NEVER);
        }
        Ok(was)
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        let mut rows = self.rows();
        let Some(mut row) = self.live(&rows, name) else {
            return Ok(self.has(Flaw::RemovedIsThere) && rows.all.contains_key(&self.column(name)));
        };
        row.says_for_ever = time.is_none() && self.has(Flaw::TouchForEverOnlySaysSo);
        row.until = if row.says_for_ever { row.until } else { self.until(time) };
        rows.all.insert(self.column(name), row);
        Ok(true)
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        let mut rows = self.rows();
        let Some(row) = self.live(&rows, name) else {
            if self.has(Flaw::CountsWhatIsMissing) {
                self.put(&mut rows, name, Some(wire::number_to_bytes(delta)), Tick::NEVER);
                return Ok(delta);
            }
            return Err(Error::new(Kind::Missing, "nothing"));
        };
        let number = row.number.or(self.has(Flaw::CountsTexts).then_some(0));
        let number = number.ok_or_else(|| Error::new(Kind::NotANumber, "a text"))?;
        let sum = match self.flaw {
            Flaw::CountsOnAndOn => number.wrapping_add(delta),
            Flaw::CountsDownToNothing => (number + delta).max(0),
            _ => number.checked_add(delta).ok_or_else(|| Error::new(Kind::Overflow, "too far"))?,
        };
        let until = if self.has(Flaw::TouchThenCount) { row.untouched } else { row.until };
        let until = match until {
            Tick::NEVER => until,
            _ if self.has(Flaw::IncrIsRoundedToSeconds) => {
                self.clock.now().after(Duration::from_secs(until.since(self.clock.now()).as_secs()))
            }
            _ => until,
        };
        self.put(&mut rows, name, Some(wire::number_to_bytes(sum)), until);
        Ok(sum)
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        let rows = self.rows();
        Ok(self.live(&rows, name).map(|row| match row.until {
            _ if row.says_for_ever => Remaining::Forever,
            Tick::NEVER => Remaining::Forever,
            until if self.has(Flaw::TtlStandsStill) => Remaining::For(until.since(row.changed)),
            until => Remaining::For(until.since(self.clock.now())),
        }))
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        if names.is_empty() && self.has(Flaw::FailsForNone) {
            return Err(Error::new(Kind::Store, "syntax error near )"));
        }
        let mut names = names.to_vec();
        if self.has(Flaw::GetManyInItsOwnOrder) {
            names.sort_by_key(|name| name.as_str().to_owned());
        }
        let rows = self.rows();
        let live = |name: &Name| {
            self.live(&rows, name).filter(|row| row.number.is_none() || !self.has(Flaw::GetManyForgetsNumbers))
        };
        let is_first = |at: usize| !names[..at].contains(&names[at]) || !self.has(Flaw::GetManyAnswersOnce);
        let values = names.iter().enumerate();
        Ok(values.map(|(at, name)| live(name).filter(|_| is_first(at)).and_then(|row| row.value)).collect())
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let trouble = |what: &'static str| Err(Error::new(Kind::Store, what));
        let is_twin = |at: usize| entries[..at].iter().any(|entry| entry.name == entries[at].name);
        if self.has(Flaw::RefusesThousands) && entries.len() > 10_000 {
            return entries.iter().map(|_| trouble("too many parameters")).collect();
        }
        if self.has(Flaw::RefusesTwins) && entries.len() < 100 && (0..entries.len()).any(is_twin) {
            return entries.iter().map(|_| trouble("cannot affect a row a second time")).collect();
        }
        let mut kept = Vec::new();
        for entry in entries {
            let stopped = self.has(Flaw::StopsManyAtWhatIsTooLarge) && kept.iter().any(Result::is_err);
            let time = entry.time.filter(|time| !time.is_zero() || !self.has(Flaw::NoTimeInManyIsForEver));
            kept.push(if stopped { trouble("stopped") } else { self.set(&entry.name, &entry.value, time).await });
        }
        kept
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        let mut removed = 0;
        for name in names {
            let had_row = self.rows().all.get(&self.column(name)).is_some_and(|row| row.value.is_some());
            let counted = self.delete(name).await?
                || (had_row && self.has(Flaw::DeleteManyCountsTheDead))
                || self.has(Flaw::DeleteManyCountsNames);
            removed += u64::from(counted);
        }
        Ok(removed)
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let now = self.clock.now();
        let mut rows = self.rows();
        let limit = if self.has(Flaw::ClearStopsAtAThousand) { 1_000 } else { usize::MAX };
        let inside: Vec<_> =
            rows.all.keys().filter(|column| self.is_inside(column, scope)).take(limit).cloned().collect();
        if inside.is_empty() && self.has(Flaw::ClearOfNothingFails) {
            return Err(Error::new(Kind::Store, "nothing to remove"));
        }
        for column in &inside {
            rows.all.remove(column);
        }
        if self.has(Flaw::ClearThenNotes) {
            drop(rows);
            (0..100).for_each(|_| std::thread::yield_now());
            rows = self.rows();
        }
        if self.has(Flaw::NotesTheLastClearOnly) {
            rows.clearings.clear();
        }
        if !self.has(Flaw::ForgetsClears) {
            rows.clearings.push((scope.to_owned(), now));
        }
        Ok(())
    }

    async fn clear_store(&self) -> Result<(), Error> {
        if self.has(Flaw::ClearStoreIsForgotten) {
            return Ok(());
        }
        if self.has(Flaw::ClearOfAStoreIsNotNoted) {
            self.rows().all.clear();
            return Ok(());
        }
        self.clear_scope("").await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        let rows = self.rows();
        let taken = self.clock.now().as_nanos();
        Ok(Ticket([self.version(&rows, name).to_le_bytes(), taken.to_le_bytes()].concat()))
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        let mut rows = self.rows();
        if self.has(Flaw::TicketsAreOfOneSize) && ticket.0.len() != 16 {
            return Err(Error::new(Kind::Store, "no ticket"));
        }
        let is_old = rows.all.get(&self.column(name)).is_some_and(|row| self.clock.now().since(row.changed) > TICKETS);
        if !self.is_good(&rows, name, ticket) || (is_old && self.has(Flaw::NeverFillsWhatIsOld)) {
            return Ok(false);
        }
        let time = time.filter(|time| !time.is_zero() || !self.has(Flaw::FillOfNoTimeIsForEver));
        self.put(&mut rows, name, Some(value.to_vec()), self.until(time));
        if self.has(Flaw::KeepsNoNumberOfAFill) {
            rows.all.entry(self.column(name)).and_modify(|row| row.number = None);
        }
        Ok(true)
    }
}
