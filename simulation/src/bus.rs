//! What the remote tells of its changes: to each node on a way of its own, which is late, repeats, changes the order,
//! and breaks. Of a way that has broken a node is told within [`BOUND`], as `levels.md` says.

use std::sync::{Arc, Mutex, Weak};

use cache_core::backend::{Listener, Listening};

use crate::mutants::Mutant;
use crate::store::{Changed, spelled};
use crate::tally::{Fault, Tally};
use crate::world::{Life, MILLI, Nanos, World, lock};

/// After how long a node is told that nothing is heard, and how late a message is at most: the `response_timeout` of
/// the store.
pub const BOUND: Nanos = 1_000 * MILLI;

/// The bus.
pub struct Bus {
    world: Arc<World>,
    mutant: Option<Mutant>,
    ears: Mutex<Vec<Arc<Ear>>>,
    tally: Arc<Mutex<Tally>>,
}

struct Ear {
    of: Life,
    start: Box<[u8]>,
    listener: Arc<dyn Listener>,
    state: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// Whether the remote sends to it.
    is_joined: bool,
    /// Raised with each time that the way breaks or is mended: what was planned before is void.
    turn: u64,
    /// By when its node is told that nothing is heard, which a way that breaks once more before that does not put off.
    told_by: Option<Nanos>,
    /// In how many of a hundred cases a message is slow.
    slow: u64,
}

impl Bus {
    pub(crate) fn new(world: &Arc<World>, mutant: Option<Mutant>, tally: &Arc<Mutex<Tally>>) -> Arc<Self> {
        let (world, tally) = (Arc::clone(world), Arc::clone(tally));
        Arc::new(Self { world, mutant, ears: Mutex::default(), tally })
    }

    fn ears(&self) -> Vec<Arc<Ear>> {
        lock(&self.ears).clone()
    }

    /// Lets somebody hear of names that begin like this.
    pub(crate) fn listen(self: &Arc<Self>, of: Life, start: &str, listener: Arc<dyn Listener>) -> Listening {
        let ear = Arc::new(Ear { of, start: start.as_bytes().into(), listener, state: Mutex::default() });
        lock(&self.ears).push(Arc::clone(&ear));
        self.join(&ear);
        Listening::new(Leaves(Arc::downgrade(self), Arc::downgrade(&ear)))
    }

    /// Has the way of an ear begin soon.
    fn join(self: &Arc<Self>, ear: &Arc<Ear>) {
        let turn = {
            let mut state = lock(&ear.state);
            state.turn += 1;
            state.turn
        };
        let (there, back) = self.world.draw(|draws| (draws.between(0, 5 * MILLI), draws.between(0, 5 * MILLI)));
        let (bus, ear) = (Arc::clone(self), Arc::clone(ear));
        self.world.after(there, move || {
            {
                let mut state = lock(&ear.state);
                if state.turn != turn {
                    return;
                }
                state.is_joined = true;
            }
            let world = Arc::clone(&bus.world);
            world.after(back, move || {
                if lock(&ear.state).turn == turn {
                    bus.world.tell(|| format!("n{} hears of changes", ear.of.node));
                    ear.listener.regained();
                }
            });
        });
    }

    /// Tells all whom it concerns of changes.
    pub(crate) fn tell(&self, changed: &[Changed]) {
        for ear in self.ears() {
            for changed in changed {
                let concerns = match changed {
                    Changed::All => true,
                    Changed::Name(name) => name.starts_with(&ear.start),
                };
                if concerns {
                    self.send(&ear, changed);
                }
            }
        }
    }

    fn send(&self, ear: &Arc<Ear>, changed: &Changed) {
        let (is_joined, slow) = {
            let state = lock(&ear.state);
            (state.is_joined, state.slow)
        };
        if !is_joined {
            lock(&self.tally).count(Fault::MessageLost);
            return;
        }
        let times = 1 + u64::from(self.world.draw(|draws| draws.chance(5)));
        for _ in 0..times {
            let is_slow = self.world.draw(|draws| draws.chance(slow));
            let delay = self
                .world
                .draw(|draws| if is_slow { draws.between(MILLI, BOUND) } else { draws.between(MILLI / 20, 2 * MILLI) });
            if is_slow {
                lock(&self.tally).count(Fault::MessageLate);
            }
            let (world, ear, changed) = (Arc::clone(&self.world), Arc::clone(ear), changed.clone());
            self.world.after(delay, move || {
                world.tell(|| match &changed {
                    Changed::Name(name) => format!("n{} is told of {}", ear.of.node, spelled(name)),
                    Changed::All => format!("n{} is told of everything", ear.of.node),
                });
                match &changed {
                    Changed::Name(name) => ear.listener.changed(name),
                    Changed::All => ear.listener.changed_all(),
                }
            });
        }
        if times > 1 {
            lock(&self.tally).count(Fault::MessageRepeated);
        }
    }

    /// Makes so many of a hundred messages to a node slow.
    pub(crate) fn slow(&self, node: usize, percent: u64) {
        self.ears().iter().filter(|ear| ear.of.node == node).for_each(|ear| lock(&ear.state).slow = percent);
    }

    /// Breaks the way to a node, or to all: what is told from now on does not get there. The node is told so within the
    /// bound, and hears again after `time`, if that is later.
    pub(crate) fn cut(self: &Arc<Self>, node: Option<usize>, time: Nanos) {
        for ear in self.ears().into_iter().filter(|ear| node.is_none_or(|node| ear.of.node == node)) {
            let now = self.world.now();
            let drawn = now + self.world.draw(|draws| draws.between(0, BOUND));
            let (turn, told_by) = {
                let mut state = lock(&ear.state);
                state.is_joined = false;
                state.turn += 1;
                let told_by = state.told_by.map_or(drawn, |by| by.min(drawn));
                state.told_by = Some(told_by);
                (state.turn, told_by)
            };
            let until_told = told_by.saturating_sub(now);
            lock(&self.tally).count(Fault::BusCut);
            self.world.tell(|| format!("what is told does not get to n{} any more", ear.of.node));
            if self.mutant == Some(Mutant::LossUntold) {
                self.world.after(time, move || lock(&ear.state).is_joined = true);
                continue;
            }
            let (bus, again) = (Arc::clone(self), Arc::clone(&ear));
            let world = Arc::clone(&self.world);
            self.world.after(until_told, move || {
                {
                    let mut state = lock(&ear.state);
                    if state.turn != turn {
                        return;
                    }
                    state.told_by = None;
                }
                world.tell(|| format!("n{} notices that it hears nothing", ear.of.node));
                ear.listener.lost();
            });
            self.world.after(time.max(until_told + 1), move || {
                if lock(&again.state).turn == turn {
                    bus.join(&again);
                }
            });
        }
    }

    /// Drops all ears of a life.
    pub(crate) fn kill(&self, life: Life) {
        let killed: Vec<_> = lock(&self.ears).extract_if(.., |ear| ear.of == life).collect();
        for ear in killed {
            lock(&ear.state).turn += 1;
        }
    }
}

struct Leaves(Weak<Bus>, Weak<Ear>);

impl Drop for Leaves {
    fn drop(&mut self) {
        let Some(bus) = self.0.upgrade() else { return };
        let left: Vec<_> = lock(&bus.ears).extract_if(.., |ear| Weak::ptr_eq(&Arc::downgrade(ear), &self.1)).collect();
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whose way broke, and who notes when it was told.
    struct Ears(Arc<World>, Mutex<Option<Nanos>>);

    impl Listener for Ears {
        fn changed(&self, _name: &[u8]) {}

        fn changed_all(&self) {}

        fn lost(&self) {
            lock(&self.1).get_or_insert(self.0.now());
        }

        fn regained(&self) {}
    }

    #[test]
    fn who_hears_nothing_is_told_within_the_bound_however_often_the_way_breaks_meanwhile() {
        for seed in 1..=50 {
            let world = World::new(seed, false);
            let bus = Bus::new(&world, None, &Arc::default());
            let ears = Arc::new(Ears(Arc::clone(&world), Mutex::new(None)));
            let _listening = bus.listen(Life { node: 0, number: 0 }, "sim:", Arc::clone(&ears) as _);
            let broken = 100 * MILLI;
            for more in 0..10 {
                let bus = Arc::clone(&bus);
                world.at(broken + more * BOUND / 4, move || bus.cut(None, 60 * BOUND));
            }
            while world.go_on(20 * BOUND, |_| {}) {}
            let told = lock(&ears.1).expect("it is told");
            assert!(told - broken <= BOUND, "seed {seed}: after {} ms", (told - broken) / MILLI);
        }
    }
}
