//! A store that several processes share: it can go away, and so can the line on which it tells.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Listener, Listening, Memory, Remaining, Ticket};
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::Name;
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicBool, Ordering};

/// A store in memory that can do what a model says.
pub struct Far {
    memory: Memory,
    can: Capabilities,
    pub is_away: AtomicBool,
    line: Mutex<Line>,
    /// What was added first: the lock, where nothing has tags.
    lock: OnceLock<Name>,
}

/// Who hears of changes, and whether what is said gets there.
#[derive(Default)]
struct Line {
    is_cut: bool,
    ears: Vec<Arc<dyn Listener>>,
}

impl Far {
    pub fn new(clock: &Clock, can: Capabilities) -> Arc<Self> {
        let memory = Memory::new(clock.clone());
        let (line, lock) = (Mutex::default(), OnceLock::new());
        Arc::new(Self { memory, can, is_away: AtomicBool::new(false), line, lock })
    }

    /// Has nobody hear what is said from now on. They do not know yet.
    pub fn cut(&self) {
        self.line.lock().unwrap().is_cut = true;
    }

    /// Has everybody notice, and hear again.
    pub fn mend(&self) {
        let ears = self.line.lock().unwrap().ears.clone();
        ears.iter().for_each(|ear| ear.lost());
        self.line.lock().unwrap().is_cut = false;
        ears.iter().for_each(|ear| ear.regained());
    }

    /// Returns whether somebody has the lock of the one entry, which has no tags.
    pub async fn is_locked(&self) -> bool {
        match self.lock.get() {
            Some(name) => self.memory.get(name).await.is_ok_and(|found| found.is_some()),
            None => false,
        }
    }

    fn tell(&self, name: &Name) {
        let ears = {
            let line = self.line.lock().unwrap();
            if line.is_cut { Vec::new() } else { line.ears.clone() }
        };
        ears.iter().for_each(|ear| ear.changed(name.as_bytes()));
    }

    /// Fails where it is away before, and also where it is only afterwards: then it was done.
    async fn answer<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.is_there()?;
        let answer = call.await;
        self.is_there().and(answer)
    }

    async fn change<T>(&self, name: &Name, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.is_there()?;
        let answer = call.await;
        self.tell(name);
        self.is_there().and(answer)
    }

    fn is_there(&self) -> Result<(), Error> {
        if self.is_away.load(Ordering::SeqCst) { Err(Error::new(Kind::Store, "it is away")) } else { Ok(()) }
    }
}

impl Backend for Far {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.answer(self.memory.get(name)).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.change(name, self.memory.set(name, value, time)).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.lock.get_or_init(|| name.clone());
        self.change(name, self.memory.add(name, value, time)).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.change(name, self.memory.delete(name)).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.change(name, self.memory.touch(name, time)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.answer(self.memory.ttl(name)).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.answer(self.memory.clear_scope(scope)).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.answer(self.memory.clear_store()).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.answer(self.memory.begin_fill(name)).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.change(name, self.memory.set_if(name, value, time, ticket)).await
    }

    fn listen(&self, _: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.line.lock().unwrap().ears.push(Arc::clone(&listener));
        listener.regained();
        Ok(Listening::new(()))
    }
}
