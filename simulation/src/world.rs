//! One thread, and time that goes on when nobody has anything left to do: tasks, timers, and what happens when.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering as Order};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::draw::Draws;

/// A future that the world polls.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Nanoseconds of the true time since the schedule began; no node knows it.
pub type Nanos = u64;

/// A millisecond.
pub const MILLI: Nanos = 1_000_000;

/// Locks what one thread alone ever locks.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread and the time of one schedule.
pub struct World {
    now: AtomicU64,
    tasks: Mutex<Tasks>,
    ready: Arc<Mutex<Vec<usize>>>,
    later: Mutex<Later>,
    draws: Mutex<Draws>,
    story: Mutex<Option<Vec<String>>>,
    steps: AtomicU64,
}

#[derive(Default)]
struct Tasks {
    places: Vec<Option<Placed>>,
}

struct Placed {
    task: Option<Task>,
    /// Which life of which node it is of.
    of: Life,
    waker: Arc<Flag>,
}

/// A life of a node, which ends when it crashes; node `usize::MAX` is nobody, and lives as long as the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Which node.
    pub node: usize,
    /// How often it has begun before.
    pub number: u64,
}

type Action = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Later {
    events: BinaryHeap<Reverse<Event>>,
    count: u64,
}

struct Event {
    at: Nanos,
    number: u64,
    action: Action,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// Whether a task can go on.
struct Flag {
    place: usize,
    raised: AtomicBool,
    ready: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        if !self.raised.swap(true, Order::Relaxed) {
            lock(&self.ready).push(self.place);
        }
    }
}

impl World {
    /// Makes a world in which nothing happens yet.
    #[must_use]
    pub fn new(seed: u64, tells: bool) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicU64::new(0),
            tasks: Mutex::default(),
            ready: Arc::default(),
            later: Mutex::default(),
            draws: Mutex::new(Draws::new(seed)),
            story: Mutex::new(tells.then(Vec::new)),
            steps: AtomicU64::new(0),
        })
    }

    /// Returns the true time.
    pub fn now(&self) -> Nanos {
        self.now.load(Order::Relaxed)
    }

    /// Returns how many steps were taken: tasks polled, and things that happened.
    pub fn steps(&self) -> u64 {
        self.steps.load(Order::Relaxed)
    }

    /// Draws something.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Draws) -> T) -> T {
        draw(&mut lock(&self.draws))
    }

    /// Adds a line to the story, where one is told.
    pub fn tell(&self, line: impl FnOnce() -> String) {
        // Made outside of the lock: what is told may look at the world.
        if lock(&self.story).is_none() {
            return;
        }
        let line = line();
        let now = self.now();
        let line = format!("{:>6}.{:06} ms  {line}", now / MILLI, now % MILLI);
        lock(&self.story).as_mut().expect("one is told").push(line);
    }

    /// Returns the story so far.
    pub fn story(&self) -> Vec<String> {
        lock(&self.story).clone().unwrap_or_default()
    }

    /// Runs a task beside all others.
    pub fn spawn(&self, of: Life, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_boxed(of, Box::pin(task));
    }

    /// Does the same with one that is in a box already.
    pub fn spawn_boxed(&self, of: Life, task: Task) {
        let mut tasks = lock(&self.tasks);
        let place = tasks.places.len();
        let waker = Arc::new(Flag { place, raised: AtomicBool::new(true), ready: Arc::clone(&self.ready) });
        tasks.places.push(Some(Placed { task: Some(task), of, waker }));
        lock(&self.ready).push(place);
    }

    /// Has something happen later, if not at once.
    pub fn at(&self, at: Nanos, action: impl FnOnce() + Send + 'static) {
        let mut later = lock(&self.later);
        later.count += 1;
        let number = later.count;
        later.events.push(Reverse(Event { at: at.max(self.now()), number, action: Box::new(action) }));
    }

    /// Has something happen after so long.
    pub fn after(&self, time: Nanos, action: impl FnOnce() + Send + 'static) {
        self.at(self.now() + time, action);
    }

    /// Ends after so long.
    pub fn sleep(self: &Arc<Self>, time: Nanos) -> Answer<()> {
        let (asked, answer) = question();
        self.after(time, move || asked.answer(()));
        answer
    }

    /// Drops all tasks of a life.
    pub fn kill(&self, life: Life) {
        let killed: Vec<_> = {
            let mut tasks = lock(&self.tasks);
            let of_it = |placed: &&mut Option<Placed>| placed.as_ref().is_some_and(|placed| placed.of == life);
            tasks.places.iter_mut().filter(of_it).map(Option::take).collect()
        };
        drop(killed);
    }

    /// Returns whether a task of a life has not ended.
    pub fn has_tasks(&self, life: Life) -> bool {
        lock(&self.tasks).places.iter().flatten().any(|placed| placed.of == life)
    }

    /// Drops all that is left to be done.
    pub fn end(&self) {
        let tasks = std::mem::take(&mut lock(&self.tasks).places);
        drop(tasks);
        let events = std::mem::take(&mut lock(&self.later).events);
        drop(events);
        lock(&self.ready).clear();
    }

    /// Polls whoever can go on, one by chance after the other, until nobody can.
    pub fn run_ready(self: &Arc<Self>) {
        loop {
            let place = {
                let mut ready = lock(&self.ready);
                if ready.is_empty() {
                    return;
                }
                let chosen = if ready.len() == 1 { 0 } else { lock(&self.draws).place(ready.len()) };
                ready.swap_remove(chosen)
            };
            self.poll(place);
        }
    }

    fn poll(&self, place: usize) {
        let (mut task, flag) = {
            let mut tasks = lock(&self.tasks);
            let Some(placed) = &mut tasks.places[place] else { return };
            let Some(task) = placed.task.take() else { return };
            (task, Arc::clone(&placed.waker))
        };
        self.steps.fetch_add(1, Order::Relaxed);
        flag.raised.store(false, Order::Relaxed);
        let waker = Waker::from(flag);
        let polled = task.as_mut().poll(&mut Context::from_waker(&waker));
        let mut tasks = lock(&self.tasks);
        match (&mut tasks.places[place], polled) {
            (Some(placed), Poll::Pending) => {
                placed.task = Some(task);
                return;
            }
            (place, _) => *place = None,
        }
        drop(tasks);
        drop(task);
    }

    /// Lets time go on to what happens next, if anything does before `end`, and has it happen. `clocks` are moved
    /// before.
    pub fn go_on(&self, end: Nanos, clocks: impl Fn(Nanos)) -> bool {
        let event = {
            let mut later = lock(&self.later);
            if later.events.peek().is_none_or(|Reverse(event)| event.at > end) {
                return false;
            }
            later.events.pop().expect("it was looked at").0
        };
        if event.at > self.now() {
            self.now.store(event.at, Order::Relaxed);
            clocks(event.at);
        }
        self.steps.fetch_add(1, Order::Relaxed);
        (event.action)();
        true
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World at {} ns", self.now())
    }
}

struct Slot<T> {
    answer: Option<T>,
    waiting: Option<Waker>,
}

/// What somebody is to answer.
pub struct Asked<T>(Arc<Mutex<Slot<T>>>);

/// What is answered sooner or later, or never.
pub struct Answer<T>(Arc<Mutex<Slot<T>>>);

/// Makes a question and its answer.
#[must_use]
pub fn question<T>() -> (Asked<T>, Answer<T>) {
    let slot = Arc::new(Mutex::new(Slot { answer: None, waiting: None }));
    (Asked(Arc::clone(&slot)), Answer(slot))
}

impl<T> Asked<T> {
    /// Answers it.
    pub fn answer(self, answer: T) {
        let waiting = {
            let mut slot = lock(&self.0);
            slot.answer = Some(answer);
            slot.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    /// Returns whether somebody still waits for it.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl<T> Future for Answer<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut slot = lock(&self.0);
        if let Some(answer) = slot.answer.take() {
            return Poll::Ready(answer);
        }
        slot.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}
