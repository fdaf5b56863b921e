//! The suite that says whether a backend holds what the engine relies on.
//!
//! One line runs it on anybody's backend; all failures are reported together, each under a sentence that says what is
//! asked, with what was expected, what came, and for which claim it is asked. Cases for what [`Capabilities`] does not
//! claim are left out, and the claims themselves are checked.
//!
//! ```
//! # use cache_core::__private::larder;
//! use larder::backend::Memory;
//! use larder::clock::Clock;
//! use larder::testing::conformance;
//!
//! let clock = Clock::manual();
//! conformance::check(&Memory::new(clock.clone()), |time| clock.advance(time));
//! ```
//!
//! A store that lives by a clock of its own is given real time, in short units:
//!
//! ```no_run
//! # use cache_core::__private::larder;
//! use std::time::Duration;
//! use larder::testing::conformance::Suite;
//! # let backend = larder::backend::Null;
//!
//! let report = Suite::new(&backend, &std::thread::sleep).unit(Duration::from_millis(200)).shared().run();
//! assert!(report.failures.is_empty(), "{report}");
//! ```

mod abandoned;
mod bulk;
mod claims;
mod counts;
mod crowd;
mod digits;
mod entries;
#[cfg(test)]
mod faults;
mod fills;
mod ground;
mod hours;
mod lists;
mod many;
mod races;
mod reason;
mod scopes;
mod story;
mod tells;
mod tickets;
mod times;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ahash::RandomState;
use ground::Ground;
use reason::reason;

use crate::backend::{Capabilities, ErasedBackend};

/// Runs every case that concerns this backend; `pass` lets time go by for it, by moving its clock or by sleeping.
///
/// The store is emptied. For one that holds something else too, see [`Suite::shared`].
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{backend::Null, testing::conformance};
///
/// let checked = std::panic::catch_unwind(|| conformance::check(&Null, |_| ()));
/// assert!(checked.is_err(), "it keeps nothing");
/// ```
///
/// # Panics
///
/// With all failures, when there are any.
pub fn check(backend: &dyn ErasedBackend, pass: impl Fn(Duration)) {
    let report = Suite::new(backend, &pass).run();
    assert!(report.failures.is_empty(), "{report}");
}

/// The cases, as they are about to be run on one backend.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{backend::Memory, testing::conformance::Suite};
/// use larder::clock::Clock;
///
/// let clock = Clock::manual();
/// let store = Memory::new(clock.clone());
/// let pass = |time| clock.advance(time);
/// let alone = Suite::new(&store, &pass).run();
/// let shared = Suite::new(&store, &pass).shared().run();
/// assert!(shared.held.len() < alone.held.len(), "nobody empties a store that others use");
/// ```
#[derive(Clone, Copy)]
#[must_use = "nothing is run until `run` is called"]
pub struct Suite<'a> {
    backend: &'a dyn ErasedBackend,
    pass: &'a dyn Fn(Duration),
    unit: Duration,
    shared: bool,
    hours: bool,
    seed: u64,
    /// How long what a store tells may take on its way.
    patience: Duration,
    /// Tells what time it is outside, by which is seen whether the machine stood still.
    wall: &'a dyn Fn() -> Duration,
}

/// What came of the cases.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{backend::Null, testing::conformance::Suite};
///
/// // A store that keeps nothing is no store to rely on, and claims nothing that could be checked either.
/// let report = Suite::new(&Null, &|_| ()).run();
/// let failure = &report.failures[0];
/// assert!(report.to_string().contains(&failure.what));
/// assert!(report.left_out.contains(&"of counts at once, none is lost"));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads says nothing"]
pub struct Report {
    /// The cases that held.
    pub held: Vec<&'static str>,
    /// The cases that were left out, since the backend does not claim what they ask for.
    pub left_out: Vec<&'static str>,
    /// The cases that failed.
    pub failures: Vec<Failure>,
}

/// A case that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is asked of a backend.
    pub case: &'static str,
    /// What it did instead, and what it should have done.
    pub what: String,
    /// Why it was asked: for which claims, and what to claim where they are not true.
    pub why: String,
}

/// What a case found: nothing to say, or what was wrong.
type Verdict = Result<(), String>;

/// One thing that is asked of a backend.
struct Case {
    /// A sentence that says what.
    says: &'static str,
    /// Whether it concerns a backend with these capabilities.
    concerns: fn(&Capabilities) -> bool,
    run: fn(&Ground<'_>) -> Verdict,
}

const CASES: &[&[Case]] = &[
    entries::CASES,
    many::CASES,
    times::CASES,
    counts::CASES,
    digits::CASES,
    scopes::CASES,
    fills::CASES,
    tickets::CASES,
    claims::CASES,
    races::CASES,
    crowd::CASES,
    abandoned::CASES,
    tells::CASES,
    lists::CASES,
    story::CASES,
];

/// Far more than a word of a server takes, also where its machine is busy.
const PATIENCE: Duration = Duration::from_secs(10);

impl<'a> Suite<'a> {
    /// Prepares all cases for this backend; `pass` lets time go by for it.
    pub fn new(backend: &'a dyn ErasedBackend, pass: &'a dyn Fn(Duration)) -> Self {
        let (unit, seed) = (Duration::from_secs(1), RandomState::new().hash_one(0));
        Self { backend, pass, unit, shared: false, hours: false, seed, patience: PATIENCE, wall: &since_the_first }
    }

    /// Makes the entries of the cases live for a few of these, in place of seconds.
    ///
    /// It is never less than a second for a store that keeps times to the second.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{backend::Memory, testing::conformance::Suite};
    /// use larder::clock::Clock;
    ///
    /// let clock = Clock::manual();
    /// let store = Memory::new(clock.clone());
    /// let begun = clock.now();
    /// let report = Suite::new(&store, &|time| clock.advance(time)).unit(Duration::from_millis(10)).run();
    /// assert!(report.failures.is_empty(), "{report}");
    /// assert!(clock.now().since(begun) < Duration::from_secs(5), "a store with a real clock need not be slow to test");
    /// ```
    pub fn unit(mut self, unit: Duration) -> Self {
        self.unit = unit;
        self
    }

    /// Leaves out the case that empties the store, which others use too.
    pub fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Adds the cases that take months of the store's time, since it costs nothing to let them pass.
    ///
    /// It is for stores whose clock is moved. Where their entries are made older in its place, tickets that callers hold
    /// stay as young as they were, and these cases say nothing.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{backend::Memory, clock::Clock, testing::conformance::Suite};
    ///
    /// let clock = Clock::manual();
    /// let store = Memory::new(clock.clone());
    /// let report = Suite::new(&store, &|time| clock.advance(time)).hours().run();
    /// assert!(report.failures.is_empty(), "{report}");
    /// assert!(report.held.contains(&"what has no end is there after a year"));
    /// ```
    pub fn hours(mut self) -> Self {
        self.hours = true;
        self
    }

    /// Draws what is drawn from this, in the place of a seed that differs with each run: that of a report that failed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Runs the cases.
    pub fn run(self) -> Report {
        self.run_those(|_| true)
    }

    fn run_those(&self, are_meant: impl Fn(&Case) -> bool) -> Report {
        let capabilities = self.backend.capabilities();
        // Names of its own for each run: what an earlier one left in a server is not met again.
        let run = RandomState::new().hash_one(self.unit) >> 32;
        let mut report = Report::default();
        for (number, case) in self.cases().enumerate().filter(|(_, case)| are_meant(case)) {
            if !(case.concerns)(&capabilities) {
                report.left_out.push(case.says);
                continue;
            }
            let ground = Ground::new(self, format!("{run:x}-{number}"));
            report.note(case, &capabilities, catch_unwind(AssertUnwindSafe(|| (case.run)(&ground))));
        }
        report
    }

    fn cases(&self) -> impl Iterator<Item = &'static Case> + use<> {
        let hours = if self.hours { hours::CASES } else { &[] };
        let emptying = if self.shared { [&[][..]; 2] } else { [scopes::EMPTYING, tells::EMPTYING] };
        CASES.iter().copied().chain([hours, bulk::CASES]).chain(emptying).flatten()
    }
}

impl Report {
    fn note(&mut self, case: &Case, claims: &Capabilities, outcome: std::thread::Result<Verdict>) {
        let what = match outcome {
            Ok(Ok(())) => return self.held.push(case.says),
            Ok(Err(what)) => what,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                format!("it panicked: {}", text.or(panic.downcast_ref().copied()).unwrap_or("without a word"))
            }
        };
        self.failures.push(Failure { case: case.says, what, why: reason(case, claims) });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [held, left_out] = [&self.held, &self.left_out].map(Vec::len);
        write!(f, "{} failed, {held} held, {left_out} do not concern this backend", self.failures.len())?;
        let mut failures = self.failures.iter();
        failures.try_for_each(|Failure { case, what, why }| write!(f, "\n  {case}:\n    {what}\n    {why}"))
    }
}

impl fmt::Debug for Suite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite").field("backend", &self.backend).field("unit", &self.unit).finish_non_exhaustive()
    }
}

/// Returns how long ago this was first asked.
fn since_the_first() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

fn every(_: &Capabilities) -> bool {
    true
}
