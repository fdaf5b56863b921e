//! What is true, what was promised, and what nobody may be answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bus::BOUND;
use crate::plan::Plan;
use crate::remote::Remote;
use crate::tally::{Excuse, Fault, Tally};
use crate::world::{Life, MILLI, Nanos, World, lock};

/// What is cached: which version of the source was read, and by which run of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The version.
    pub version: u64,
    /// The run.
    pub run: u64,
}

/// A body that fails.
#[derive(Clone, Debug)]
pub struct Failed;

/// How an invalidation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The engine says that it is done.
    Done,
    /// The engine says that it could not be done.
    Untold,
    /// Its caller left.
    Left,
    /// Its node crashed.
    Crashed,
}

/// What was invalidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A name, by `delete` or `set`.
    Name,
    /// A name, and after that what is made of it, name by name: who leaves in the middle has not said the rest.
    Chain,
    /// A tag, or a namespace.
    Tag,
    /// Everything.
    Clear,
}

struct Change {
    life: Life,
    way: Way,
    /// What each key that it is about had to be at least, from then on; 0 where it says nothing of that.
    least: Vec<(usize, u64)>,
    begun: Nanos,
    ended: Option<(Nanos, Ended)>,
}

impl Change {
    /// Returns whether it is not even said of what.
    fn is_unsaid(&self) -> bool {
        self.way == Way::Chain && self.ended.is_some_and(|(_, how)| how == Ended::Left)
    }
}

struct Run {
    life: Life,
    key: usize,
    /// When the call began that runs it.
    call: Nanos,
    begun: Nanos,
    ended: Option<Nanos>,
}

impl Run {
    /// Returns whether its lock keeps away a body of another node that begins now, for a call that has begun at `call`.
    fn keeps_away(&self, plan: &Plan, life: Life, (call, now): (Nanos, Nanos), time: Duration) -> bool {
        let time = u64::try_from(time.as_nanos()).expect("a few seconds");
        // A lock goes by its time, were it only since what the body asks for is locked by somebody who has left.
        let taken = self.begun.saturating_sub(BEFORE_BODY).max(self.call);
        let is_over = now - taken >= time;
        // Who has waited for so long runs the body without a lock: it is said how long others wait at most, and not how long
        // they do for each who has the lock meanwhile, one after the other.
        let has_none = self.begun - self.call >= plan.nodes[self.life.node].true_time(time);
        let has_waited = now - call >= plan.nodes[life.node].true_time(time);
        !is_over && !has_none && !has_waited
    }
}

#[derive(Clone, Copy)]
struct Call {
    life: Life,
    key: usize,
    begun: Nanos,
    ended: Option<Nanos>,
}

struct State {
    versions: Vec<u64>,
    changes: Vec<Change>,
    runs: Vec<Run>,
    calls: Vec<Call>,
    alive: Vec<u64>,
    /// When a body of a key last failed on a node: then each who waited may run its own.
    failed: BTreeMap<(usize, usize), Nanos>,
    /// Keys that somebody writes a value for, and nobody else changes meanwhile.
    turns: BTreeSet<usize>,
    /// How many calls each node has answered in the life that it has.
    answered: Vec<u64>,
    broken: Option<String>,
}

/// The source of truth, and who checks answers.
pub struct Truth {
    world: Arc<World>,
    plan: Arc<Plan>,
    remote: Arc<Remote>,
    state: Mutex<State>,
    /// What is counted.
    pub tally: Arc<Mutex<Tally>>,
}

/// After how long others learn of a clear, where the remote cannot clear a cache.
const ERA: Nanos = 1_000 * MILLI;

/// How long what comes between a lock and its body may take at most: another look, its tags, its ticket.
const BEFORE_BODY: Nanos = 1_000 * MILLI;

/// How long what comes after a body may take at most: its tags, its value, its lock.
const AFTER_BODY: Nanos = 3_000 * MILLI;

impl Truth {
    /// Begins with the first version of everything.
    #[must_use]
    pub fn new(world: &Arc<World>, plan: &Arc<Plan>, remote: &Arc<Remote>, tally: &Arc<Mutex<Tally>>) -> Arc<Self> {
        let state = State {
            versions: vec![1; plan.sites.len()],
            changes: Vec::new(),
            runs: Vec::new(),
            calls: Vec::new(),
            alive: vec![0; plan.nodes.len()],
            failed: BTreeMap::new(),
            turns: BTreeSet::new(),
            answered: vec![0; plan.nodes.len()],
            broken: None,
        };
        let (world, plan, tally) = (Arc::clone(world), Arc::clone(plan), Arc::clone(tally));
        let remote = Arc::clone(remote);
        Arc::new(Self { world, plan, remote, state: Mutex::new(state), tally })
    }

    /// Returns which invariant was broken first.
    pub fn broken(&self) -> Option<String> {
        lock(&self.state).broken.clone()
    }

    /// Notes that an invariant is broken.
    pub fn breaks(&self, what: String) {
        self.world.tell(|| format!("BROKEN: {what}"));
        lock(&self.state).broken.get_or_insert(what);
    }

    /// Notes which life of a node is the one that lives.
    pub fn lives(&self, life: Life) {
        let mut state = lock(&self.state);
        state.alive[life.node] = life.number;
        state.answered[life.node] = 0;
    }

    /// Notes that a node has answered a call, which it has counted.
    pub fn count_answer(&self, life: Life) {
        lock(&self.state).answered[life.node] += 1;
    }

    /// Returns how many there were in this life.
    pub fn answered(&self, life: Life) -> u64 {
        lock(&self.state).answered[life.node]
    }

    /// Returns what the source says of a key.
    pub fn version(&self, key: usize) -> u64 {
        lock(&self.state).versions[self.plan.root(key)]
    }

    /// Changes the source, for those of these keys that are read from it.
    pub fn change_source(&self, keys: &[usize]) {
        let keys: Vec<_> = keys.iter().filter(|key| self.plan.sites[**key].of.is_none()).collect();
        let mut state = lock(&self.state);
        for key in &keys {
            state.versions[**key] += 1;
        }
        let told: Vec<_> = keys.iter().map(|key| format!("k{key} is {}", state.versions[**key])).collect();
        drop(state);
        self.world.tell(|| format!("the source says: {}", told.join(", ")));
    }

    /// Returns whether nobody writes a value for any of these keys.
    pub fn are_free(&self, keys: &[usize]) -> bool {
        let state = lock(&self.state);
        !keys.iter().any(|key| state.turns.contains(key))
    }

    /// Takes a key for oneself, unless somebody changes it just now.
    pub fn turn(self: &Arc<Self>, key: usize) -> Option<Turn> {
        let mut state = lock(&self.state);
        let is_about = |change: &Change| change.ended.is_none() && change.least.iter().any(|(other, _)| *other == key);
        if state.changes.iter().any(is_about) || !state.turns.insert(key) {
            return None;
        }
        Some(Turn { truth: Arc::clone(self), key })
    }

    /// Begins an invalidation of these keys.
    pub fn begin_change(self: &Arc<Self>, life: Life, way: Way, keys: &[usize]) -> Changing {
        lock(&self.tally).changes += 1;
        let mut state = lock(&self.state);
        // What is made of something else is as new as that, where that is invalidated too.
        let least_of = |key: &usize| {
            let root = self.plan.root(*key);
            (*key, if keys.contains(&root) { state.versions[root] } else { 0 })
        };
        let least = keys.iter().map(least_of).collect();
        let change = Change { life, way, least, begun: self.world.now(), ended: None };
        state.changes.push(change);
        Changing { truth: Arc::clone(self), number: state.changes.len() - 1, is_open: true }
    }

    fn end_change(&self, number: usize, ended: Ended) {
        let mut state = lock(&self.state);
        let now = self.world.now();
        let life = state.changes[number].life;
        let ended = if state.alive[life.node] == life.number { ended } else { Ended::Crashed };
        let change = &mut state.changes[number];
        change.ended = Some((now, ended));
        if change.is_unsaid() {
            change.least.iter_mut().for_each(|(_, least)| *least = 0);
        }
    }

    /// Begins a run of a body, for a call that has begun at `call`.
    pub fn begin_run(self: &Arc<Self>, life: Life, key: usize, call: Nanos) -> Running {
        lock(&self.tally).bodies += 1;
        let now = self.world.now();
        let mut state = lock(&self.state);
        let broken = state.second_run(&self.plan, life, key, (call, now));
        state.runs.push(Run { life, key, call, begun: now, ended: None });
        let number = state.runs.len() - 1;
        drop(state);
        self.world.tell(|| format!("n{} runs the body of k{key} (run {number})", life.node));
        if let Some(broken) = broken {
            self.breaks(broken);
        }
        Running { truth: Arc::clone(self), number }
    }

    /// Notes that a body has failed.
    pub fn fails(&self, life: Life, key: usize) {
        lock(&self.tally).count(Fault::BodyFailed);
        lock(&self.state).failed.insert((life.node, key), self.world.now());
    }

    /// Begins a call that asks for a key.
    pub fn begin_call(self: &Arc<Self>, life: Life, key: usize) -> Calling {
        lock(&self.tally).calls += 1;
        let mut state = lock(&self.state);
        let begun = self.world.now();
        state.calls.push(Call { life, key, begun, ended: None });
        Calling { truth: Arc::clone(self), number: state.calls.len() - 1, begun }
    }

    /// Begins a call of a body, which is to be handed nothing older than what was invalidated before that body began.
    pub fn begin_part(self: &Arc<Self>, life: Life, key: usize, body: Nanos) -> Calling {
        let mut calling = self.begin_call(life, key);
        lock(&self.state).calls[calling.number].begun = body;
        calling.begun = body;
        calling
    }

    /// Holds an answer against all that was invalidated before it was asked for.
    fn check(&self, number: usize, value: &Value, joins: bool) {
        let state = lock(&self.state);
        let call = state.calls[number];
        let mut broken = None;
        for change in &state.changes {
            let Some((_, least)) = change.least.iter().find(|(key, _)| *key == call.key) else { continue };
            let Some((ended, how)) = change.ended else { continue };
            if value.version >= *least || ended > call.begun {
                continue;
            }
            let age = call.begun - ended;
            let excuse =
                state.excuse(&self.plan, self.remote.last_era(), &call, (change, ended, how), value, (number, joins));
            match excuse {
                Some(excuse) => lock(&self.tally).note_old(excuse, age),
                None => {
                    broken = Some(format!(
                        "n{} answers version {} of k{}, {} ms after n{} had invalidated it: {least} is the oldest that \
                         may be",
                        call.life.node,
                        value.version,
                        call.key,
                        age / MILLI,
                        change.life.node,
                    ));
                }
            }
        }
        if value.version > state.versions[self.plan.root(call.key)] {
            broken = Some(format!("n{} answers a version of k{} that there is not", call.life.node, call.key));
        }
        drop(state);
        if let Some(broken) = broken {
            self.breaks(broken);
        }
    }

    /// Returns the keys of which the remote may still hold what nobody knows to be old: who tried to say so has
    /// crashed, or has left before it was said.
    pub fn forgotten(&self) -> Vec<usize> {
        let state = lock(&self.state);
        let lost = |change: &&Change| {
            let is_gone = state.alive[change.life.node] != change.life.number;
            change.is_unsaid()
                || change.ended.is_none_or(|(_, how)| how == Ended::Crashed || (is_gone && how != Ended::Done))
        };
        state.changes.iter().filter(lost).flat_map(|change| change.least.iter().map(|(key, _)| *key)).collect()
    }
}

impl State {
    /// Says why an answer may be older than an invalidation; `None` where it may not.
    fn excuse(
        &self,
        plan: &Plan,
        last_era: Option<Nanos>,
        call: &Call,
        (change, ended, how): (&Change, Nanos, Ended),
        value: &Value,
        (number, joins): (usize, bool),
    ) -> Option<Excuse> {
        if change.life == call.life {
            return None;
        }
        if how != Ended::Done {
            return Some(Excuse::Untold);
        }
        let age = call.begun - ended;
        let (bound, excuse) = match plan.near {
            Some(_) if plan.can.tells => (BOUND, Excuse::Told),
            Some(near) => (plan.nodes[call.life.node].true_time(near), Excuse::Near),
            None => (0, Excuse::Near),
        };
        if age < bound {
            return Some(excuse);
        }
        // Until others learn of that they read what was there before, whatever becomes of it.
        if let Some(last) = last_era.filter(|_| !plan.can.clear_scope)
            && call.begun < last + plan.nodes[call.life.node].true_time(ERA) + bound
        {
            return Some(Excuse::Cleared);
        }
        if !joins {
            return None;
        }
        let since = ended + bound;
        let is_here = |other: &Call| other.life == call.life && other.key == call.key;
        let is_joined = |(place, other): (usize, &Call)| {
            place != number
                && is_here(other)
                && other.begun < since
                && other.ended.is_none_or(|ended| ended >= call.begun)
        };
        let runs = |run: &Run| {
            run.life == call.life
                && run.key == call.key
                && run.begun < since
                && run.ended.is_none_or(|ended| ended + AFTER_BODY >= call.begun)
        };
        let of_run = usize::try_from(value.run).ok().and_then(|run| self.runs.get(run)).is_some_and(runs);
        (of_run || self.calls.iter().enumerate().any(is_joined)).then_some(Excuse::Joined)
    }

    /// Says what is wrong where a body begins while another one runs.
    fn second_run(&self, plan: &Plan, life: Life, key: usize, (call, now): (Nanos, Nanos)) -> Option<String> {
        let open = self.runs.iter().filter(|run| run.key == key && run.ended.is_none());
        for run in open {
            let is_own = run.life == life;
            let keeps_away = |time| run.keeps_away(plan, life, (call, now), time);
            if !is_own && (plan.has_faults || !plan.sites[key].lock.is_some_and(keeps_away)) {
                continue;
            }
            let superseded = |change: &Change| {
                (!is_own || change.life == life)
                    && change.least.iter().any(|(other, _)| *other == key)
                    && change.begun <= now
                    && change.ended.is_none_or(|(ended, _)| ended >= run.call.min(call))
            };
            let failed = self.failed.get(&(life.node, key)).is_some_and(|at| *at >= run.call.min(call));
            if !failed && !self.changes.iter().any(superseded) {
                let where_from = if is_own { "the same node".to_owned() } else { format!("n{}", run.life.node) };
                return Some(format!("two bodies of k{key} run at a time, on n{} and on {where_from}", life.node));
            }
        }
        None
    }
}

/// An invalidation that has begun.
pub struct Changing {
    truth: Arc<Truth>,
    number: usize,
    is_open: bool,
}

impl Changing {
    /// Notes what the engine says that came of it.
    pub fn end(mut self, is_done: bool) {
        self.is_open = false;
        self.truth.end_change(self.number, if is_done { Ended::Done } else { Ended::Untold });
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        if self.is_open {
            self.truth.end_change(self.number, Ended::Left);
        }
    }
}

/// A key that somebody has for themselves.
pub struct Turn {
    truth: Arc<Truth>,
    key: usize,
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.truth.state).turns.remove(&self.key);
    }
}

/// A body that runs.
pub struct Running {
    truth: Arc<Truth>,
    number: usize,
}

impl Running {
    /// Returns which run it is.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number as u64
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.truth.state).runs[self.number].ended = Some(self.truth.world.now());
    }
}

/// A call that waits for its answer.
pub struct Calling {
    truth: Arc<Truth>,
    number: usize,
    /// When it began.
    pub begun: Nanos,
}

impl Calling {
    /// Notes what it was answered; `joins` says whether it may have been handed what another call was loading.
    pub fn answered(self, value: Option<&Value>, joins: bool) {
        let (key, node) = {
            let state = lock(&self.truth.state);
            (state.calls[self.number].key, state.calls[self.number].life.node)
        };
        let said = value.map_or("nothing".to_owned(), |value| format!("version {} (run {})", value.version, value.run));
        self.truth.world.tell(|| format!("n{node} answers k{key}: {said}"));
        if let Some(value) = value {
            self.truth.check(self.number, value, joins);
        }
        let took = self.truth.world.now() - self.begun;
        let mut tally = lock(&self.truth.tally);
        tally.longest = tally.longest.max(took);
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        lock(&self.truth.state).calls[self.number].ended = Some(self.truth.world.now());
    }
}
