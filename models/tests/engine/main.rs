//! What must hold of whole caches that share a store, in whatever order their threads come to their locks: here each
//! process is a registry of its own.

mod debts;
mod far;
mod fills;
mod locks;
mod near;
#[path = "../orders/mod.rs"]
mod orders;

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::Capabilities;
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::entry;
use cache_core::error::Error;
use cache_core::executor::{Executor, Task};
use cache_core::key::Key;
use cache_core::policy::Options;
use cache_core::registry::{Plan, Registry, Settings};
use far::Far;
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicU64, Ordering};
use shuttle::{future, thread};

/// A store with the source of what is in it, which a write changes before it invalidates.
struct World {
    clock: Clock,
    far: Arc<Far>,
    source: AtomicU64,
    loads: AtomicU64,
    tasks: Arc<Tasks>,
}

impl World {
    fn new(can: Capabilities) -> Arc<Self> {
        let clock = Clock::manual();
        let far = Far::new(&clock, can);
        Arc::new(Self { clock, far, source: AtomicU64::new(1), loads: AtomicU64::new(0), tasks: Arc::default() })
    }

    /// Makes one more process.
    fn process(self: &Arc<Self>, settings: impl FnOnce(Settings) -> Settings) -> Arc<Process> {
        let settings = settings(Settings::backend(Arc::clone(&self.far)));
        let (clock, executor) = (self.clock.clone(), Arc::clone(&self.tasks) as Arc<dyn Executor>);
        let plan = Plan { caches: vec![("default".to_owned(), settings)], clock, executor, ..Plan::default() };
        let registry = Registry::new(plan).expect("settings that can work");
        let cache = registry.cache("default").expect("it is there");
        Arc::new(Process { registry, cache, world: Arc::clone(self) })
    }

    fn usual(self: &Arc<Self>) -> Arc<Process> {
        self.process(|settings| settings)
    }

    /// Waits for all that was begun beside callers: a model that ends while a task drops a guard breaks off in the drop.
    fn rest(&self) {
        while let Some(task) = { self.tasks.0.lock().unwrap().pop() } {
            future::block_on(task).unwrap();
        }
    }

    /// Writes to the source.
    fn write(&self) {
        self.source.store(2, Ordering::SeqCst);
    }
}

/// One of several, with a cache in the store.
struct Process {
    registry: Registry,
    cache: Cache,
    world: Arc<World>,
}

const OPTIONS: Options = Options::forever();

/// When the tag of an entry is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tagged {
    Never,
    BeforeItsBody,
    InItsBody,
}

impl Process {
    /// Does what a cached function does.
    fn call(&self) -> u64 {
        future::block_on(self.load(Tagged::Never, OPTIONS))
    }

    fn call_tagged(&self, tagged: Tagged) -> u64 {
        future::block_on(self.load(tagged, OPTIONS))
    }

    async fn load(&self, tagged: Tagged, options: Options) -> u64 {
        let key = Key::from("name");
        let key = if tagged == Tagged::BeforeItsBody { key.tagged(["tag"]) } else { key };
        let body = async || {
            self.world.loads.fetch_add(1, Ordering::SeqCst);
            let read = self.world.source.load(Ordering::SeqCst);
            if tagged == Tagged::InItsBody {
                entry::tag("tag");
            }
            read
        };
        self.cache.get_or_load(key, options, body).await
    }

    fn delete(&self) -> Result<bool, Error> {
        future::block_on(self.cache.delete("name"))
    }

    fn invalidate_tag(&self) -> Result<(), Error> {
        future::block_on(self.registry.invalidate_tag(&"tag".into()))
    }

    /// Runs this beside the caller.
    fn spawn<T: Send + 'static>(
        self: &Arc<Self>,
        run: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> thread::JoinHandle<T> {
        let process = Arc::clone(self);
        thread::spawn(move || run(&process))
    }
}

/// Tasks beside their callers, and a timer whose time is over as soon as others had a turn.
#[derive(Default)]
struct Tasks(Mutex<Vec<future::JoinHandle<()>>>);

impl Executor for Tasks {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        self.0.lock().unwrap().push(future::spawn(task));
        Ok(())
    }

    fn sleep(&self, _: Duration) -> Option<Task> {
        Some(Box::pin(future::yield_now()))
    }
}
