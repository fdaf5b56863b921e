//! What a case stands on: a backend, names of its own, and a way to let time go by.

use std::cell::Cell;
use std::fmt::Debug;
use std::time::Duration;

use super::{Suite, Verdict};
use crate::backend::{Capabilities, Entry, ErasedBackend, Remaining, Ticket};
use crate::error::{Error, Kind};
use crate::executor::block_on;
use crate::key::{Key, Name, RAW, Scope};

/// The most bytes of prefix and version together, and of a key.
const MAX_SCOPE: usize = 48;
const MAX_KEY: usize = 200;

/// How often steps are run that the machine was too slow for.
const ATTEMPTS: usize = 20;

pub(super) struct Ground<'a> {
    pub(super) backend: &'a dyn ErasedBackend,
    pub(super) capabilities: Capabilities,
    /// A short time. Entries live for a few of them.
    pub(super) unit: Duration,
    /// Where what is drawn begins.
    pub(super) seed: u64,
    /// How long to wait for what the store tells.
    pub(super) patience: Duration,
    pass: &'a dyn Fn(Duration),
    wall: &'a dyn Fn() -> Duration,
    /// How much of the time on the wall went by since it was let pass.
    slept: Cell<Duration>,
    prefix: String,
}

impl<'a> Ground<'a> {
    /// Prepares the ground for a case, whose names begin with this.
    pub(super) fn new(suite: &Suite<'a>, prefix: String) -> Self {
        let Suite { backend, pass, wall, .. } = *suite;
        let capabilities = backend.capabilities();
        let unit = if capabilities.sub_second { suite.unit } else { suite.unit.max(Duration::from_secs(1)) };
        let (seed, patience, slept) = (suite.seed, suite.patience, Cell::default());
        Self { backend, capabilities, unit, seed, patience, pass, wall, slept, prefix }
    }

    pub(super) fn scope(&self, version: &str) -> Scope {
        Scope::new(&self.prefix, version, None).expect("a short prefix")
    }

    pub(super) fn name(&self, key: &str) -> Name {
        self.scope("1").name(&Key::from(key))
    }

    /// Returns a name that reads exactly like this behind the prefix of the case, as key functions may write it.
    pub(super) fn raw(&self, text: &str) -> Name {
        let scope = Scope::new("", "", Some(|_, _, key, name| name.write_str(key))).expect("no prefix");
        scope.name(&Key::__sealed(RAW, &self.raw_scope(text)))
    }

    /// Returns what all those names start with that begin like this.
    pub(super) fn raw_scope(&self, text: &str) -> String {
        format!("{}{text}", self.prefix)
    }

    /// Returns a name of the most bytes that there can be, which ends in this.
    pub(super) fn longest(&self, end: &str) -> Name {
        let scope = self.scope(&"v".repeat(MAX_SCOPE - self.prefix.len()));
        scope.name(&Key::from(format!("{}{end}", "k".repeat(MAX_KEY - end.len()))))
    }

    /// Returns so many units, as backends take times.
    #[expect(clippy::unnecessary_wraps, reason = "it is what backends take")]
    pub(super) fn units(&self, units: u32) -> Option<Duration> {
        Some(self.unit * units)
    }

    /// Lets so many units go by.
    pub(super) fn pass(&self, units: u32) {
        self.pass_time(self.unit * units);
    }

    pub(super) fn pass_time(&self, time: Duration) {
        let begun = (self.wall)();
        (self.pass)(time);
        // Who does not sleep moves a clock, or entries, and what goes by meanwhile nobody has asked for.
        if (self.wall)().saturating_sub(begun) >= time {
            self.slept.set(self.slept.get() + time);
        }
    }

    /// Runs steps that find an entry while its time is not over: at its end there are so many units left of it.
    pub(super) fn in_time(&self, left: u32, steps: impl Fn() -> Verdict) -> Verdict {
        self.in_less_than(self.unit * left, steps)
    }

    /// Runs steps that find an entry while its time is not over. Where they fail, and more than this went by beside what was let
    /// pass, the machine stood still for longer than the entry lived. That says nothing of the store: they are run again.
    pub(super) fn in_less_than(&self, left: Duration, steps: impl Fn() -> Verdict) -> Verdict {
        for _ in 1..ATTEMPTS {
            let (begun, slept) = ((self.wall)(), self.slept.get());
            let verdict = steps();
            let slept = self.slept.get().saturating_sub(slept);
            let late = (self.wall)().saturating_sub(begun + slept);
            if verdict.is_ok() || late < left {
                return verdict;
            }
        }
        steps()
    }

    pub(super) fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, String> {
        block_on(self.backend.get(name)).map_err(failed("get"))
    }

    pub(super) fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Verdict {
        block_on(self.backend.set(name, value, time)).map_err(failed("set"))
    }

    pub(super) fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, String> {
        block_on(self.backend.add(name, value, time)).map_err(failed("add"))
    }

    pub(super) fn delete(&self, name: &Name) -> Result<bool, String> {
        block_on(self.backend.delete(name)).map_err(failed("delete"))
    }

    pub(super) fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, String> {
        block_on(self.backend.touch(name, time)).map_err(failed("touch"))
    }

    pub(super) fn incr(&self, name: &Name, delta: i64) -> Result<i64, String> {
        block_on(self.backend.incr(name, delta)).map_err(failed("incr"))
    }

    pub(super) fn ttl(&self, name: &Name) -> Result<Option<Remaining>, String> {
        block_on(self.backend.ttl(name)).map_err(failed("ttl"))
    }

    pub(super) fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, String> {
        block_on(self.backend.get_many(names)).map_err(failed("get_many"))
    }

    pub(super) fn set_many(&self, entries: &[Entry]) -> Result<usize, String> {
        let kept = block_on(self.backend.set_many(entries));
        let count = kept.len();
        kept.into_iter().collect::<Result<Vec<()>, Error>>().map_err(failed("set_many"))?;
        Ok(count)
    }

    pub(super) fn delete_many(&self, names: &[Name]) -> Result<u64, String> {
        block_on(self.backend.delete_many(names)).map_err(failed("delete_many"))
    }

    pub(super) fn clear(&self, scope: &Scope) -> Verdict {
        self.clear_text(scope.text().expect("no key function"))
    }

    pub(super) fn clear_text(&self, scope: &str) -> Verdict {
        block_on(self.backend.clear_scope(scope)).map_err(failed("clear_scope"))
    }

    pub(super) fn clear_store(&self) -> Verdict {
        block_on(self.backend.clear_store()).map_err(failed("clear_store"))
    }

    pub(super) fn begin_fill(&self, name: &Name) -> Result<Ticket, String> {
        block_on(self.backend.begin_fill(name)).map_err(failed("begin_fill"))
    }

    pub(super) fn set_if(&self, name: &Name, value: &[u8], ticket: &Ticket) -> Result<bool, String> {
        self.set_if_for(name, value, None, ticket)
    }

    pub(super) fn set_if_for(
        &self,
        name: &Name,
        value: &[u8],
        time: Option<Duration>,
        ticket: &Ticket,
    ) -> Result<bool, String> {
        block_on(self.backend.set_if(name, value, time, ticket)).map_err(failed("set_if"))
    }

    /// Asks that this is what is under the name.
    pub(super) fn holds(&self, when: &str, name: &Name, value: &[u8]) -> Verdict {
        match self.get(name)? {
            Some(found) if found == value => Ok(()),
            Some(found) => Err(format!("{when}: there is {} and not {}", short(&found), short(value))),
            None => Err(format!("{when}: there is nothing, and should be {}", short(value))),
        }
    }

    /// Asks that nothing is under the name.
    pub(super) fn holds_nothing(&self, when: &str, name: &Name) -> Verdict {
        match self.get(name)? {
            None => Ok(()),
            Some(found) => Err(format!("{when}: there is still {}", short(&found))),
        }
    }
}

/// Returns an entry without an end.
pub(super) fn entry(name: &Name, value: impl Into<Vec<u8>>) -> Entry {
    Entry { name: name.clone(), value: value.into(), time: None }
}

/// Asks that two things are the same.
#[expect(clippy::needless_pass_by_value, reason = "what a case asks for is written where it is asked")]
pub(super) fn same<T: PartialEq + Debug>(what: &str, found: T, wanted: T) -> Verdict {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, and should be {wanted:?}")) }
}

/// Asks that something fails in this way.
pub(super) fn fails<T: Debug>(what: &str, outcome: Result<T, Error>, kind: Kind) -> Verdict {
    match outcome {
        Err(error) if error.kind() == kind => Ok(()),
        other => Err(format!("{what}: {other:?}, and should be an error of kind {kind:?}")),
    }
}

fn failed(operation: &'static str) -> impl Fn(Error) -> String {
    move |error| format!("`{operation}` failed, and should not: {error:?}")
}

pub(super) fn short(bytes: &[u8]) -> String {
    let shown =
        bytes.get(..40).map_or_else(|| bytes.escape_ascii().to_string(), |shown| format!("{}…", shown.escape_ascii()));
    format!("\"{shown}\"")
}
