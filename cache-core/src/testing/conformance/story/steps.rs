//! What can happen in a story.

use std::fmt;
use std::time::Duration;

use super::super::Verdict;
use super::super::ground::short;
use super::model::{State, Told};
use super::{NAMES, Story, Taken, UNHURRIED};
use crate::backend::{Entry, Remaining};
use crate::codec::wire;
use crate::error::Kind;
use crate::executor::block_on;

/// So many tickets are held at once.
const TICKETS: usize = 6;

impl Story<'_, '_> {
    pub(super) fn step(&mut self) -> Verdict {
        if self.draw.one_in(UNHURRIED) {
            self.pass();
        }
        let (at, claims) = (self.draw.below(self.names.len()), self.ground.capabilities);
        match self.draw.below(20) {
            3..6 => self.set(at),
            6 => self.add(at),
            7 | 8 => self.delete(at),
            9 if claims.touch => self.touch(at),
            10..13 if claims.atomic_incr => self.incr(at),
            13 => self.ttl(at),
            14 => self.get_many(),
            15 => self.set_many(),
            16 => self.delete_many(),
            17 if claims.clear_scope && self.draw.one_in(4) => self.clear(),
            18 if claims.conditional_fill => self.begin_fill(at),
            19 if claims.conditional_fill && !self.tickets.is_empty() => self.set_if(),
            _ => self.get(at),
        }
    }

    fn pass(&mut self) {
        let units = 1 + u32::try_from(self.draw.below(3)).unwrap_or(0);
        let time = self.ground.unit * units;
        self.time.pass(time, |time| self.ground.pass_time(time));
        self.just_cleared = false;
        self.tell(&[], format!("{time:?} go by"));
    }

    /// Draws a time: half units, so that it does not end when time has just gone by; or none.
    fn some_time(&mut self) -> Option<Duration> {
        match self.draw.below(12) {
            0..5 => None,
            5 => Some(Duration::ZERO),
            units => Some(self.ground.unit / 2 + self.ground.unit * u32::try_from(units - 6).unwrap_or(0)),
        }
    }

    /// Draws a value: often a number, and never the same text twice.
    fn some_value(&mut self) -> Vec<u8> {
        let number = self.lines.len();
        match self.draw.below(8) {
            0..4 => number.to_string().into_bytes(),
            4 => vec![],
            5 => vec![0xC1, 0, b'\'', 0xFF, u8::try_from(number % 256).unwrap_or(0)],
            6 => format!("0{number}").into_bytes(),
            _ => format!("v{number}").into_bytes().repeat(50),
        }
    }

    fn some_names(&mut self) -> Vec<usize> {
        let count = self.draw.below(5);
        (0..count).map(|_| self.draw.below(self.names.len())).collect()
    }

    fn get(&mut self, at: usize) -> Verdict {
        let least = self.time.least();
        let found = self.ground.get(&self.names[at])?;
        let wanted = self.value_of(at, least);
        self.note(&[at], &format!("get k{at}"), found.map(Shown), wanted.map(|wanted| wanted.map(Shown)))
    }

    /// Returns what should be found; `None` where nobody can say.
    #[expect(clippy::option_option, reason = "that nothing should be found is something to say")]
    fn value_of(&mut self, at: usize, least: Duration) -> Option<Option<Vec<u8>>> {
        match self.state(at, least) {
            State::Unclear => None,
            State::Nothing => Some(None),
            State::There(told) => Some(Some(told.value)),
        }
    }

    fn set(&mut self, at: usize) -> Verdict {
        let (value, time, least) = (self.some_value(), self.some_time(), self.time.least());
        self.ground.set(&self.names[at], &value, time)?;
        let what = format!("set k{at} to {} for {time:?}", short(&value));
        self.put(at, value, time, least);
        self.tell(&[at], what);
        Ok(())
    }

    fn add(&mut self, at: usize) -> Verdict {
        let (value, least) = (self.some_value(), self.time.least());
        let time = self.some_time().filter(|time| !time.is_zero());
        let added = self.ground.add(&self.names[at], &value, time)?;
        let what = format!("add k{at} as {} for {time:?}", short(&value));
        let wanted = self.is_there(at, least).map(|there| !there);
        match wanted {
            _ if added => self.put(at, value, time, least),
            None => self.fates[at].blur(),
            Some(_) => {}
        }
        self.note(&[at], &what, added, wanted)
    }

    fn is_there(&mut self, at: usize, least: Duration) -> Option<bool> {
        self.value_of(at, least).map(|value| value.is_some())
    }

    fn delete(&mut self, at: usize) -> Verdict {
        let least = self.time.least();
        let deleted = self.ground.delete(&self.names[at])?;
        let wanted = self.is_there(at, least);
        self.fates[at].change(State::Nothing);
        self.note(&[at], &format!("delete k{at}"), deleted, wanted)
    }

    fn touch(&mut self, at: usize) -> Verdict {
        let (time, least) = (self.some_time(), self.time.least());
        let touched = self.ground.touch(&self.names[at], time)?;
        let (state, ends) = (self.state(at, least), self.ends(least, time));
        let wanted = self.is_there(at, least);
        self.fates[at].doubts += 1;
        self.fates[at].state = match state {
            State::There(_) if time == Some(Duration::ZERO) => State::Nothing,
            State::There(told) => State::There(Told { ends, ..told }),
            other => other,
        };
        self.note(&[at], &format!("touch k{at} for {time:?}"), touched, wanted)
    }

    fn incr(&mut self, at: usize) -> Verdict {
        let delta = [1, -1, 40, 0, -10_000, i64::MAX][self.draw.below(6)];
        let least = self.time.least();
        let sum = block_on(self.ground.backend.incr(&self.names[at], delta)).map_err(|error| error.kind());
        let (what, state) = (format!("incr k{at} by {delta}"), self.state(at, least));
        let wanted = match &state {
            State::Unclear => None,
            State::Nothing => Some(Err(Kind::Missing)),
            State::There(told) => Some(match wire::number_from_bytes(&told.value) {
                None => Err(Kind::NotANumber),
                Some(number) => number.checked_add(delta).ok_or(Kind::Overflow),
            }),
        };
        if let (Ok(sum), State::There(told)) = (sum, state) {
            self.fates[at].change(State::There(Told { value: wire::number_to_bytes(sum), ..told }));
        } else if wanted.is_none() {
            self.fates[at].changes += u64::from(sum.is_ok());
            self.fates[at].blur();
        }
        self.note(&[at], &what, sum, wanted)
    }

    fn ttl(&mut self, at: usize) -> Verdict {
        let least = self.time.least();
        let left = self.ground.ttl(&self.names[at])?;
        let (state, most) = (self.state(at, least), self.time.most());
        let is_right = match (state, left) {
            (State::Unclear, _) => true,
            (State::Nothing, left) => left.is_none(),
            (State::There(Told { ends: None, .. }), left) => left == Some(Remaining::Forever),
            (State::There(Told { ends: Some([earliest, latest]), .. }), Some(Remaining::For(left))) => {
                // A millisecond for what is rounded.
                let slack = Duration::from_millis(1);
                left <= latest.saturating_sub(least) + slack && left + slack >= earliest.saturating_sub(most)
            }
            (State::There(_), _) => false,
        };
        self.note(&[at], &format!("ttl k{at} is {left:?}, which is right"), is_right, Some(true))
    }

    fn get_many(&mut self) -> Verdict {
        let (of, least) = (self.some_names(), self.time.least());
        let names: Vec<_> = of.iter().map(|at| self.names[*at].clone()).collect();
        let found: Vec<_> = self.ground.get_many(&names)?.into_iter().map(|found| found.map(Shown)).collect();
        let wanted: Option<Vec<_>> =
            of.iter().map(|at| self.value_of(*at, least).map(|wanted| wanted.map(Shown))).collect();
        self.note(&of, &format!("get_many {of:?}"), found, wanted)
    }

    fn set_many(&mut self) -> Verdict {
        let (of, least) = (self.some_names(), self.time.least());
        let entry = |at: &usize| {
            let (value, time) = (self.some_value(), self.some_time());
            Entry { name: self.names[*at].clone(), value, time }
        };
        let entries: Vec<_> = of.iter().map(entry).collect();
        let kept = self.ground.set_many(&entries)?;
        let values: Vec<_> = entries.iter().map(|entry| (short(&entry.value), entry.time)).collect();
        let wanted = Some(entries.len());
        for (at, Entry { value, time, .. }) in of.iter().zip(entries) {
            self.put(*at, value, time, least);
        }
        self.note(&of, &format!("set_many {of:?} to {values:?}"), kept, wanted)
    }

    fn delete_many(&mut self) -> Verdict {
        let (of, least) = (self.some_names(), self.time.least());
        let names: Vec<_> = of.iter().map(|at| self.names[*at].clone()).collect();
        let count = self.ground.delete_many(&names)?;
        let mut wanted = Some(0);
        for at in &of {
            let there = self.is_there(*at, least);
            wanted = wanted.zip(there).map(|(wanted, there)| wanted + u64::from(there));
            self.fates[*at].change(State::Nothing);
        }
        self.note(&of, &format!("delete_many {of:?}"), count, wanted)
    }

    fn clear(&mut self) -> Verdict {
        let first = self.draw.below(2) * NAMES;
        let scope = self.names[first].as_str();
        let scope = scope[..scope.len() - format!("k{first}").len()].to_owned();
        self.ground.clear_text(&scope)?;
        let of: Vec<_> = (first..first + NAMES).collect();
        for at in &of {
            self.fates[*at].change(State::Nothing);
        }
        // A store may refuse more fills than those that are concerned.
        self.fates.iter_mut().for_each(|fate| fate.doubts += 1);
        self.just_cleared = true;
        self.tell(&of, "clear_scope".to_owned());
        Ok(())
    }

    fn begin_fill(&mut self, at: usize) -> Verdict {
        let ticket = self.ground.begin_fill(&self.names[at])?;
        let least = self.time.least();
        self.state(at, least);
        if self.tickets.len() == TICKETS {
            self.tickets.remove(0);
        }
        let fate = &self.fates[at];
        let doubtful = self.just_cleared || matches!(&fate.state, State::There(Told { ends: Some(_), .. }));
        self.tickets.push(Taken { at, ticket, changes: fate.changes, doubts: fate.doubts, doubtful });
        self.tell(&[at], format!("begin_fill k{at}"));
        Ok(())
    }

    fn set_if(&mut self) -> Verdict {
        let number = self.draw.below(self.tickets.len());
        let (value, least) = (self.some_value(), self.time.least());
        let time = self.some_time().filter(|time| !time.is_zero());
        let Taken { at, ticket, changes, doubts, doubtful } = &self.tickets[number];
        let at = *at;
        let filled = self.ground.set_if_for(&self.names[at], &value, time, ticket)?;
        let fate = &self.fates[at];
        let wanted = match () {
            () if fate.changes != *changes => Some(false),
            () if *doubtful || fate.doubts != *doubts || matches!(fate.state, State::Unclear) => None,
            () => Some(true),
        };
        let what = format!("set_if k{at} to {} for {time:?}", short(&value));
        if filled {
            self.put(at, value, time, least);
        }
        self.note(&[at], &what, filled, wanted)
    }
}

/// Bytes that are compared as a whole, and shown in short.
#[derive(PartialEq)]
struct Shown(Vec<u8>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", short(&self.0), self.0.len())
    }
}
