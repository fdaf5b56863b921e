//! What all who take part have in common.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::fleet::Fleet;
use crate::history::Moment;
use crate::promise::Promise;
use crate::tally::Tally;
use crate::truth::Truth;

/// After so many wrong answers enough is known.
const ENOUGH: usize = 10;

pub struct Soak {
    pub begun: Instant,
    pub seed: u64,
    pub promise: Promise,
    pub fleet: Fleet,
    pub people: Vec<Person>,
    pub truth: Truth,
    pub tally: Tally,
    pub database: std::path::PathBuf,
    is_over: AtomicBool,
}

/// What somebody does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Writes posts and comments.
    Writer,
    /// Writes nothing, so that their name, which is a secret word, is for them alone.
    Quiet,
    /// Looks after the blog.
    Editor,
}

pub struct Person {
    pub id: i64,
    pub login: String,
    pub part: Part,
    cookies: Mutex<Cookies>,
}

#[derive(Default)]
struct Cookies {
    now: Option<String>,
    before: Option<String>,
}

impl Soak {
    pub fn new(seed: u64, promise: Promise, fleet: Fleet, people: Vec<Person>, database: std::path::PathBuf) -> Self {
        let (truth, tally) = (Truth::default(), Tally::default());
        let is_over = AtomicBool::new(false);
        Self { begun: Instant::now(), seed, promise, fleet, people, truth, tally, database, is_over }
    }

    pub fn now(&self) -> Moment {
        Moment::try_from(self.begun.elapsed().as_micros()).unwrap_or(Moment::MAX)
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    pub fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Waits, unless it is over meanwhile.
    pub fn pause(&self, time: Duration) {
        let begun = Instant::now();
        while !self.is_over() && begun.elapsed() < time {
            sleep(time.saturating_sub(begun.elapsed()).min(Duration::from_millis(50)));
        }
    }

    /// Tells the story of an answer that is wrong.
    pub fn wrong(&self, story: &str) {
        let now = self.now();
        let known = self.truth.known();
        let troubles = known.recent_troubles().iter().rev().take(4);
        let troubles: Vec<_> = troubles.map(|trouble| format!("  {trouble:?}")).collect();
        drop(known);
        let troubles = if troubles.is_empty() { "  none".to_owned() } else { troubles.join("\n") };
        let seed = self.seed;
        let story = format!("WRONG at {now} µs, seed {seed}\n{story}\nTroubles, the last one first:\n{troubles}\n");
        eprintln!("{story}");
        if self.tally.wrong(story) >= ENOUGH {
            self.end();
        }
    }
}

impl Person {
    pub fn new(id: i64, login: String, part: Part) -> Self {
        Self { id, login, part, cookies: Mutex::default() }
    }

    pub fn cookie(&self) -> Option<String> {
        self.cookies().now.clone()
    }

    /// Returns the cookie of a session that has ended.
    pub fn old_cookie(&self) -> Option<String> {
        self.cookies().before.clone()
    }

    pub fn comes_in(&self, cookie: String) {
        let mut cookies = self.cookies();
        cookies.before = cookies.now.replace(cookie);
    }

    /// Returns what they are called next: nobody was ever called so.
    pub fn next_name(&self, number: usize, word: &str) -> String {
        match self.part {
            Part::Quiet => format!("secret-u{}-{number}-{word}", self.id),
            Part::Writer | Part::Editor => format!("u{}.{number} {word}", self.id),
        }
    }

    fn cookies(&self) -> MutexGuard<'_, Cookies> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
