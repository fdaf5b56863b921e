//! The store's own thread: it waits for locks that other processes hold, clears and culls. It begins with the first work
//! for it and ends with the store.

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cache_core::error::{Error, Kind};

use super::chore::{Chore, Progress};
use super::client::Folder;
use super::held::Held;
use super::queue::{Presence, Turn};
use crate::reply::{Reply, promise};

/// How soon a lock is tried again: nobody tells when another process lets go of it.
const SOONEST: Duration = Duration::from_micros(50);
const LATEST: Duration = Duration::from_millis(2);

pub(super) struct Worker {
    folder: Arc<Folder>,
    running: Mutex<Option<Running>>,
}

struct Running {
    tasks: Sender<Task>,
    thread: JoinHandle<()>,
}

enum Task {
    Wait(Waiting),
    Do(Box<dyn Chore>),
}

/// A change that waits for the lock of a drawer.
struct Waiting {
    drawer: u8,
    until: Instant,
    change: Change,
    turn: Turn,
}

impl Waiting {
    /// Makes the change, or says why it cannot be made; its turn is over after that.
    fn end(self, held: Result<&mut Held<'_>, Error>) {
        let Self { change, turn, .. } = self;
        change(held);
        drop(turn);
    }
}

type Change = Box<dyn FnOnce(Result<&mut Held<'_>, Error>) + Send>;

impl Worker {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self { folder, running: Mutex::default() }
    }

    /// Makes a change as soon as nobody else holds the lock, and no later than the configuration says.
    ///
    /// It is made even if its caller leaves, as the presence of that one tells when it is dropped.
    pub(super) fn change<T: Send + 'static>(
        &self,
        drawer: u8,
        change: impl FnOnce(&mut Held<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Reply<Result<T, Error>>, Presence), Error> {
        let (promise, reply) = promise();
        let change: Change = Box::new(|held| promise.tell(held.and_then(change)));
        let until = Instant::now() + self.folder.config.lock_timeout;
        let (turn, presence) = self.folder.queue(drawer).join();
        self.send(Task::Wait(Waiting { drawer, until, change, turn }))?;
        Ok((reply, presence))
    }

    pub(super) fn begin(&self, chore: impl Chore + 'static) -> Result<(), Error> {
        self.send(Task::Do(Box::new(chore)))
    }

    fn send(&self, task: Task) -> Result<(), Error> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_none_or(|running| running.thread.is_finished()) {
            *running = Some(start(&self.folder)?);
        }
        let sent = running.as_ref().map(|running| running.tasks.send(task));
        sent.and_then(Result::ok).ok_or_else(ended)
    }
}

impl Drop for Worker {
    /// Nobody waits for anything any more; the thread ends after the step that it is in.
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { tasks, thread }) = running {
            drop(tasks);
            // Whoever is woken with an answer may let go of the store at once: that is on this very thread.
            if thread.thread().id() != thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

fn start(folder: &Arc<Folder>) -> Result<Running, Error> {
    let (tasks, inbox) = mpsc::channel();
    let desk = Desk { folder: Arc::clone(folder), waiting: VecDeque::new(), chores: VecDeque::new() };
    let thread = thread::Builder::new().name("larder-file".into()).spawn(move || desk.run(&inbox));
    let thread =
        thread.map_err(|error| Error::new(Kind::Store, "cannot start a thread for a store").with_source(error))?;
    Ok(Running { tasks, thread })
}

/// What lies before the thread.
struct Desk {
    folder: Arc<Folder>,
    waiting: VecDeque<Waiting>,
    chores: VecDeque<Box<dyn Chore>>,
}

impl Desk {
    fn run(mut self, inbox: &Receiver<Task>) {
        let mut pause = Duration::ZERO;
        while self.take(inbox, pause) {
            let has_moved = self.try_waiting() | self.step();
            pause = if has_moved { Duration::ZERO } else { (pause * 2).clamp(SOONEST, LATEST) };
        }
        // What was asked for is tried once more before the store closes.
        self.try_waiting();
    }

    /// Takes what has come in, and waits for it where there is nothing else to do; `false` where the store closes.
    fn take(&mut self, inbox: &Receiver<Task>, pause: Duration) -> bool {
        if self.waiting.is_empty() && self.chores.is_empty() {
            let Ok(task) = inbox.recv() else { return false };
            self.put(task);
        }
        let mut pause = pause;
        loop {
            match inbox.recv_timeout(pause) {
                Ok(task) => self.put(task),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
            pause = Duration::ZERO;
        }
    }

    fn put(&mut self, task: Task) {
        match task {
            Task::Wait(waiting) => self.waiting.push_back(waiting),
            Task::Do(chore) => self.chores.push_back(chore),
        }
    }

    /// Tries each lock that is waited for, in the order in which they came; returns whether any was had.
    fn try_waiting(&mut self) -> bool {
        let before = self.waiting.len();
        for _ in 0..before {
            let Some(waiting) = self.waiting.pop_front() else { break };
            match self.folder.hold(waiting.drawer) {
                Ok(Some(mut held)) => waiting.end(Ok(&mut held)),
                Ok(None) if waiting.until > Instant::now() => self.waiting.push_back(waiting),
                Ok(None) => {
                    let error = out_of_patience(&self.folder, waiting.drawer);
                    waiting.end(Err(error));
                }
                Err(error) => waiting.end(Err(error)),
            }
        }
        self.waiting.len() < before
    }

    /// Does a step of what came first.
    fn step(&mut self) -> bool {
        let Some(chore) = self.chores.front_mut() else { return false };
        let is_waited_for = |drawer| self.waiting.iter().any(|waiting| waiting.drawer == drawer);
        let progress = chore.step(&self.folder, &is_waited_for);
        if progress == Progress::Done {
            self.chores.pop_front();
        }
        progress != Progress::Waiting
    }
}

pub(super) fn out_of_patience(folder: &Folder, drawer: u8) -> Error {
    let (path, patience) = (folder.drawer_path(drawer), folder.config.lock_timeout);
    let sentence = "another process has locked `{path}` for {patience}; look whether it was stopped";
    let sentence = sentence.replace("{path}", &path.to_string_lossy()).replace("{patience}", &format!("{patience:?}"));
    Error::new(Kind::Store, sentence)
}

pub(super) fn ended() -> Error {
    Error::new(Kind::Store, "the thread of the store has ended: the next call begins another")
}
