//! One schedule: from a seed to what became of it.

use std::sync::{Arc, Mutex};

use crate::bus::BOUND;
use crate::client::Client;
use crate::draw::{Draws, seed_engine};
use crate::mutants::Mutant;
use crate::node::{Node, Up};
use crate::plan::{Plan, Trouble};
use crate::remote::{Mode, Remote, Way};
use crate::tally::{Fault, Tally};
use crate::truth::Truth;
use crate::world::{Life, MILLI, Nanos, World, lock};

/// What became of a schedule.
#[derive(Debug)]
pub struct Outcome {
    /// Which invariant was broken.
    pub broken: Option<String>,
    /// What happened, where that was to be told.
    pub story: Vec<String>,
    /// What was counted.
    pub tally: Tally,
}

struct Schedule {
    world: Arc<World>,
    plan: Arc<Plan>,
    remote: Arc<Remote>,
    truth: Arc<Truth>,
    nodes: Vec<Node>,
    mutant: Option<Mutant>,
    tally: Arc<Mutex<Tally>>,
}

/// How long a call that asks takes at most, whatever goes wrong.
const PATIENCE: Nanos = 60_000 * MILLI;

/// Runs the schedule of a seed, and tells its story if that is wanted.
#[must_use]
pub fn run(seed: u64, mutant: Option<Mutant>, tells: bool) -> Outcome {
    // What is made once for a process is made before the first schedule.
    warm();
    run_one(seed, mutant, tells)
}

fn warm() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| drop(run_one(0, None, false)));
}

fn run_one(seed: u64, mutant: Option<Mutant>, tells: bool) -> Outcome {
    seed_engine(seed);
    let plan = Arc::new(Plan::drawn(&mut Draws::new(seed)));
    let world = World::new(!seed, tells);
    let tally = Arc::new(Mutex::new(Tally { schedules: 1, ..Tally::default() }));
    let remote = Remote::new(&world, plan.nodes.len(), mutant, &tally);
    let truth = Truth::new(&world, &plan, &remote, &tally);
    let nodes = plan.nodes.iter().enumerate().map(|(index, hands)| Node::new(&world, index, *hands)).collect();
    world.tell(|| format!("seed {seed}: {plan:?}"));
    let schedule = Arc::new(Schedule { world, plan, remote, truth, nodes, mutant, tally });
    schedule.run();
    let outcome = {
        let mut tally = lock(&schedule.tally).clone();
        tally.steps = schedule.world.steps();
        let broken = schedule.truth.broken();
        if broken.is_some() {
            tally.violations.push(seed);
        }
        // What else happens at the same moment is no part of it.
        let mut story = schedule.world.story();
        if let Some(end) = story.iter().position(|line| line.contains("BROKEN: ")) {
            story.truncate(end + 1);
        }
        Outcome { broken, story, tally }
    };
    schedule.end();
    outcome
}

impl Schedule {
    fn run(self: &Arc<Self>) {
        for node in 0..self.nodes.len() {
            self.start(node, 0);
        }
        for (at, trouble) in &self.plan.troubles {
            let (schedule, trouble) = (Arc::clone(self), *trouble);
            self.world.at(*at, move || schedule.begin(trouble));
        }
        self.settle("after the last fault");
        // Once to pay what is owed to the remote; where that was left alone, one call alone tries whether it is back.
        for _ in 0..=u8::from(self.plan.breaker.is_some()) {
            self.rest();
            self.ask_all();
            self.settle("at the end");
        }
        self.rest();
        self.check_end();
        self.check_counts();
    }

    fn start(self: &Arc<Self>, node: usize, number: u64) {
        self.truth.lives(Life { node, number });
        let up = self.nodes[node].start(&self.plan, &self.remote, number, self.mutant);
        for _ in 0..self.plan.clients {
            self.world.spawn(up.life, self.client(up.clone()).run());
        }
    }

    fn client(&self, up: Up) -> Client {
        let (world, plan, truth) = (Arc::clone(&self.world), Arc::clone(&self.plan), Arc::clone(&self.truth));
        Client { world, plan, truth, up }
    }

    fn count(&self, fault: Fault) {
        lock(&self.tally).count(fault);
    }

    fn begin(self: &Arc<Self>, trouble: Trouble) {
        self.world.tell(|| format!("it begins: {trouble:?}"));
        let schedule = Arc::clone(self);
        match trouble {
            Trouble::Still(time) => {
                self.remote.be(Mode::Still);
                self.world.after(time, move || schedule.remote.be(Mode::Up));
            }
            Trouble::Away(time, is_empty) => {
                self.count(if is_empty { Fault::Emptied } else { Fault::Restarted });
                self.remote.be(Mode::Refusing);
                self.remote.bus.cut(None, time);
                self.remote.restart(is_empty);
                self.world.after(time, move || schedule.remote.be(Mode::Up));
            }
            Trouble::Way(node, time, way) => {
                self.remote.set_way(node, way);
                if way.lost_back == 100 {
                    self.remote.bus.cut(Some(node), time);
                }
                self.world.after(time, move || schedule.remote.set_way(node, Way::default()));
            }
            Trouble::Cut(node, time) => self.remote.bus.cut(Some(node), time),
            Trouble::Slow(node, time, percent) => {
                self.remote.bus.slow(node, percent);
                self.world.after(time, move || schedule.remote.bus.slow(node, 0));
            }
            Trouble::Crash(node, time) => {
                let Some(up) = self.nodes[node].up() else { return };
                self.count(Fault::Crashed);
                let number = up.life.number + 1;
                self.truth.lives(Life { node, number });
                drop(up);
                self.nodes[node].crash(&self.remote);
                self.world.after(time, move || schedule.start(node, number));
            }
        }
    }

    /// Lets everything go on until nothing is left to be done, and notes who waits for ever.
    fn settle(&self, when: &str) {
        let end = self.world.now() + 600_000 * MILLI;
        loop {
            self.world.run_ready();
            if self.truth.broken().is_some() {
                return;
            }
            let moved = |now| self.nodes.iter().for_each(|node| node.move_clock(now));
            if !self.world.go_on(end, moved) {
                break;
            }
        }
        for up in self.nodes.iter().filter_map(Node::up) {
            if self.world.has_tasks(up.life) {
                self.truth.breaks(format!("somebody on n{} still waits {when}", up.life.node));
            }
        }
        let longest = lock(&self.tally).longest;
        if longest > PATIENCE {
            self.truth.breaks(format!("a call has taken {} ms", longest / MILLI));
        }
    }

    /// Lets all that is near, told or trusted have its time.
    fn rest(&self) {
        let time = self.plan.near.unwrap_or(0).max(BOUND) + 2_000 * MILLI;
        if self.truth.broken().is_some() {
            return;
        }
        self.world.after(time, || ());
        self.settle("while all rest");
    }

    fn ask_all(&self) {
        if self.truth.broken().is_some() {
            return;
        }
        for up in self.nodes.iter().filter_map(Node::up) {
            for key in 0..self.plan.sites.len() {
                let client = self.client(up.clone());
                self.world.spawn(up.life, async move { client.load(key).await });
            }
        }
    }

    /// Everything is over: whoever asks now is answered what is true.
    fn check_end(&self) {
        if self.truth.broken().is_some() {
            return;
        }
        let forgotten = self.truth.forgotten();
        for up in self.nodes.iter().filter_map(Node::up) {
            for key in (0..self.plan.sites.len()).filter(|key| !forgotten.contains(key)) {
                let (client, truth) = (self.client(up.clone()), Arc::clone(&self.truth));
                self.world.spawn(up.life, async move {
                    let (answer, version) = (client.answer(key).await, truth.version(key));
                    if answer.is_some_and(|value| value.version != version) {
                        truth.breaks(format!("n{} answers an old k{key} when all is over", client.up.life.node));
                    }
                });
            }
        }
        self.settle("at the very end");
    }

    /// Each caller was counted once: who found something, who found nothing, and who was handed what another one
    /// loaded.
    fn check_counts(&self) {
        if self.truth.broken().is_some() || !self.plan.is_plain || self.plan.leaving > 0 {
            return;
        }
        for up in self.nodes.iter().filter_map(Node::up) {
            let (stats, calls) = (up.cache.stats(), self.truth.answered(up.life));
            let counted = stats.hits + stats.misses + stats.shared;
            if counted != calls {
                self.truth.breaks(format!(
                    "n{} has answered {calls} calls, and counted {} hits, {} misses and {} shared",
                    up.life.node, stats.hits, stats.misses, stats.shared
                ));
            }
        }
    }

    /// Drops everything, which holds each other.
    fn end(&self) {
        self.nodes.iter().for_each(|node| node.crash(&self.remote));
        self.world.end();
    }
}
