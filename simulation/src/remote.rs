//! The one remote that all nodes share, and the network before it: what is asked may be late, lost before it is done,
//! or done and its answer lost; the remote may stand still, refuse everybody, or be started anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cache_core::error::{Error, Kind};

use crate::bus::Bus;
use crate::mutants::Mutant;
use crate::store::{Ask, Said, Store};
use crate::tally::{Fault, Tally};
use crate::world::{Answer, Asked, Life, MILLI, Nanos, World, lock, question};

/// What comes back from the remote.
pub type Reply = Result<Said, Error>;

/// The remote, and the ways to it.
pub struct Remote {
    world: Arc<World>,
    /// What it tells of its changes.
    pub bus: Arc<Bus>,
    mutant: Option<Mutant>,
    state: Mutex<State>,
    tally: Arc<Mutex<Tally>>,
}

/// A node, and the name that it has read.
type Read = (usize, Box<[u8]>);

struct State {
    store: Store,
    /// When the era of anything was last another one.
    last_era: Option<Nanos>,
    mode: Mode,
    /// What has come while it stood still.
    waiting: Vec<Came>,
    /// How bad the way is to each node, in percent.
    ways: Vec<Way>,
    remembered: BTreeMap<Read, Option<Vec<u8>>>,
}

/// How the remote is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It answers.
    Up,
    /// Nobody gets a connection.
    Refusing,
    /// It takes what it is asked, and does nothing.
    Still,
}

/// How the way between a node and the remote is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// In how many of a hundred cases what is asked is lost.
    pub lost_there: u64,
    /// In how many what is answered is.
    pub lost_back: u64,
    /// In how many it takes long.
    pub slow: u64,
}

struct Came {
    from: Life,
    ask: Ask,
    asked: Asked<Reply>,
}

impl Remote {
    /// Makes an empty remote for so many nodes.
    #[must_use]
    pub fn new(world: &Arc<World>, nodes: usize, mutant: Option<Mutant>, tally: &Arc<Mutex<Tally>>) -> Arc<Self> {
        let state = State {
            store: Store::new(mutant),
            last_era: None,
            mode: Mode::Up,
            waiting: Vec::new(),
            ways: vec![Way::default(); nodes],
            remembered: BTreeMap::new(),
        };
        let bus = Bus::new(world, mutant, tally);
        Arc::new(Self { world: Arc::clone(world), bus, mutant, state: Mutex::new(state), tally: Arc::clone(tally) })
    }

    /// Returns when what entries are called was last changed, or forgotten.
    pub fn last_era(&self) -> Option<Nanos> {
        lock(&self.state).last_era
    }

    fn count(&self, fault: Fault) {
        lock(&self.tally).count(fault);
    }

    /// Changes how the way to a node is.
    pub fn set_way(&self, node: usize, way: Way) {
        lock(&self.state).ways[node] = way;
    }

    /// Asks the remote something.
    pub fn ask(self: &Arc<Self>, from: Life, ask: Ask) -> Answer<Reply> {
        let (asked, answer) = question();
        let way = lock(&self.state).ways[from.node];
        let (is_lost, delay) = self.world.draw(|draws| (draws.chance(way.lost_there), delay(draws, way)));
        self.world.tell(|| format!("n{} asks: {}", from.node, ask.said()));
        if is_lost {
            self.count(Fault::RequestLost);
            self.world.tell(|| format!("  lost on its way: {} of n{}", ask.said(), from.node));
            if let Some(said) = self.remembered(from, &ask) {
                asked.answer(Ok(said));
            }
            return answer;
        }
        let remote = Arc::clone(self);
        self.world.after(delay, move || remote.come(Came { from, ask, asked }));
        answer
    }

    /// What is asked arrives.
    fn come(self: &Arc<Self>, came: Came) {
        let mode = lock(&self.state).mode;
        match mode {
            Mode::Up => self.answer(came),
            Mode::Still => {
                self.count(Fault::StoodStill);
                lock(&self.state).waiting.push(came);
            }
            Mode::Refusing => {
                self.count(Fault::Refused);
                self.world.tell(|| format!("  refused: {} of n{}", came.ask.said(), came.from.node));
                let reply = match &came.ask {
                    Ask::Delete(_) if self.mutant == Some(Mutant::FailureUntold) => Ok(Said::Count(0)),
                    ask => self
                        .remembered(came.from, ask)
                        .ok_or_else(|| Error::new(Kind::Store, "the remote refuses a connection")),
                };
                let asked = came.asked;
                self.world.after(MILLI / 5, move || asked.answer(reply));
            }
        }
    }

    /// Does what is asked, and answers it.
    fn answer(self: &Arc<Self>, came: Came) {
        let Came { from, ask, asked } = came;
        if !asked.is_wanted() {
            if ask.is_blunt() {
                self.world.tell(|| format!("  its connection was given up: {} of n{}", ask.said(), from.node));
                return;
            }
            if ask.is_change() {
                self.count(Fault::DoneLate);
            }
        }
        let way = lock(&self.state).ways[from.node];
        let (said, changed) = {
            let mut state = lock(&self.state);
            let (said, changed) = state.store.ask(&ask, self.world.now());
            if ask.is_about_eras() && !matches!(&said, Said::Did(did) if did == &[false]) {
                state.last_era = Some(self.world.now());
            }
            if let (Ask::Get(names), Said::Values(values)) = (&ask, &said)
                && self.mutant == Some(Mutant::MarkersRemembered)
            {
                let seen = names.iter().zip(values).map(|(name, value)| ((from.node, name.clone()), value.clone()));
                state.remembered.extend(seen);
            }
            (said, changed)
        };
        self.world.tell(|| format!("  remote does: {} of n{}: {}", ask.said(), from.node, told(&said)));
        self.bus.tell(&changed);
        let (is_lost, delay) = self.world.draw(|draws| (draws.chance(way.lost_back), delay(draws, way)));
        if is_lost {
            self.count(Fault::AnswerLost);
            self.world.tell(|| format!("  its answer is lost: {} of n{}", ask.said(), from.node));
            return;
        }
        self.world.after(delay, move || asked.answer(Ok(said)));
    }

    /// With a fault that was put in: what markers said before, and what else is there now.
    fn remembered(&self, from: Life, ask: &Ask) -> Option<Said> {
        let Ask::Get(names) = ask else { return None };
        let is_marker = |name: &[u8]| name.windows(6).any(|part| part == b"%=:tag");
        if self.mutant != Some(Mutant::MarkersRemembered) || !names.iter().any(|name| is_marker(name)) {
            return None;
        }
        let mut state = lock(&self.state);
        let (Said::Values(mut values), _) = state.store.ask(ask, self.world.now()) else { return None };
        for (name, value) in names.iter().zip(&mut values).filter(|(name, _)| is_marker(name)) {
            value.clone_from(state.remembered.get(&(from.node, name.clone()))?);
        }
        Some(Said::Values(values))
    }

    /// Changes how it is. What has come while it stood still is done now, in any order of those who sent it.
    pub fn be(self: &Arc<Self>, mode: Mode) {
        let waiting = {
            let mut state = lock(&self.state);
            state.mode = mode;
            if mode == Mode::Still { Vec::new() } else { std::mem::take(&mut state.waiting) }
        };
        self.world.tell(|| format!("the remote is {mode:?}"));
        for came in waiting {
            self.come(came);
        }
    }

    /// Is started anew: with what it had, or with nothing.
    pub fn restart(&self, is_empty: bool) {
        let mut state = lock(&self.state);
        if is_empty {
            state.last_era = Some(self.world.now());
            state.store.restart();
        } else {
            state.store.forget_tickets();
        }
        drop(state);
        self.world
            .tell(|| format!("the remote was started anew, {}", if is_empty { "empty" } else { "with what it had" }));
    }
}

/// How long something is on its way.
fn delay(draws: &mut crate::draw::Draws, way: Way) -> Nanos {
    match () {
        () if draws.chance(way.slow) => draws.between(MILLI, 900 * MILLI),
        () if draws.chance(2) => draws.between(MILLI, 100 * MILLI),
        () => draws.between(MILLI / 10, 2 * MILLI),
    }
}

fn told(said: &Said) -> String {
    match said {
        Said::Values(values) => {
            let value =
                |value: &Option<Vec<u8>>| value.as_ref().map_or("nothing".to_owned(), |_| "something".to_owned());
            values.iter().map(value).collect::<Vec<_>>().join(", ")
        }
        Said::Done => "done".to_owned(),
        Said::Did(did) => format!("{did:?}"),
        Said::Count(count) => format!("{count} were there"),
        Said::Sum(sum) => format!("{sum:?}"),
        Said::Has(has) => format!("{has:?}"),
        Said::Tickets(_) => "a ticket".to_owned(),
    }
}
