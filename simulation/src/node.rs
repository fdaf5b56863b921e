//! A node: a process with an engine of its own, a clock of its own, and a line to the remote.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::backend::layer::Breaker;
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::executor::{Executor, Task};
use cache_core::registry::{Plan as Caches, Registry, Settings};

use crate::line::Line;
use crate::mutants::Mutant;
use crate::plan::{Hands, LIMIT, Plan};
use crate::remote::Remote;
use crate::world::{Life, Nanos, World, lock};

/// A node.
pub struct Node {
    world: Arc<World>,
    hands: Hands,
    clock: Clock,
    moved: Mutex<Nanos>,
    up: Mutex<Option<Up>>,
    index: usize,
}

/// A life of a node.
#[derive(Clone)]
pub struct Up {
    /// Which one.
    pub life: Life,
    /// Its caches.
    pub registry: Arc<Registry>,
    /// The one that is used.
    pub cache: Cache,
    is_alive: Arc<AtomicBool>,
}

struct Runtime {
    world: Arc<World>,
    life: Life,
    hands: Hands,
    is_alive: Arc<AtomicBool>,
}

impl Executor for Runtime {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        if !self.is_alive.load(Ordering::Relaxed) {
            return Err(task);
        }
        self.world.spawn_boxed(self.life, task);
        Ok(())
    }

    fn sleep(&self, time: Duration) -> Option<Task> {
        let nanos = u64::try_from(time.as_nanos()).ok()?;
        Some(Box::pin(self.world.sleep(self.hands.true_time(nanos))))
    }
}

impl Node {
    /// Makes a node that is not started yet.
    #[must_use]
    pub fn new(world: &Arc<World>, index: usize, hands: Hands) -> Self {
        let clock = Clock::manual();
        clock.advance(Duration::from_nanos(hands.ahead));
        let (moved, up) = (Mutex::new(0), Mutex::new(None));
        Self { world: Arc::clone(world), hands, clock, moved, up, index }
    }

    /// Moves its clock to where it is at a time.
    pub fn move_clock(&self, now: Nanos) {
        let local = self.hands.local_time(now);
        let before = std::mem::replace(&mut *lock(&self.moved), local);
        self.clock.advance(Duration::from_nanos(local - before));
    }

    /// Returns its life, if it lives.
    pub fn up(&self) -> Option<Up> {
        lock(&self.up).clone()
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// Where the engine does not take its settings.
    pub fn start(&self, plan: &Plan, remote: &Arc<Remote>, number: u64, mutant: Option<Mutant>) -> Up {
        let life = Life { node: self.index, number };
        let is_alive = Arc::new(AtomicBool::new(true));
        let runtime =
            Runtime { world: Arc::clone(&self.world), life, hands: self.hands, is_alive: Arc::clone(&is_alive) };
        let remote = Line { remote: Arc::clone(remote), life, can: plan.can };
        let mut settings = Settings::backend(remote).key_prefix("sim");
        if mutant != Some(Mutant::NoTimeLimit) {
            settings = settings.time_limit(LIMIT);
        }
        if plan.retry > 0 {
            settings = settings.retry(plan.retry);
        }
        if let Some((failures, rest)) = plan.breaker {
            settings = settings.breaker(Breaker::new(failures, rest));
        }
        if let Some(near) = plan.near {
            settings = settings.near(Duration::from_nanos(near));
        }
        let caches = Caches {
            caches: vec![("default".to_owned(), settings)],
            clock: self.clock.clone(),
            executor: Arc::new(runtime),
            ..Caches::default()
        };
        let registry = Arc::new(Registry::new(caches).expect("settings that work"));
        let cache = registry.cache("default").expect("it was described");
        let up = Up { life, registry, cache, is_alive };
        *lock(&self.up) = Some(up.clone());
        self.world.tell(|| format!("n{} is started", self.index));
        up
    }

    /// Ends its life: all that it was doing, and all that it had.
    pub fn crash(&self, remote: &Remote) {
        let Some(up) = lock(&self.up).take() else { return };
        self.world.tell(|| format!("n{} crashes", self.index));
        up.is_alive.store(false, Ordering::Relaxed);
        remote.bus.kill(up.life);
        self.world.kill(up.life);
    }
}
