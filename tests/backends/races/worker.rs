//! One of the two processes: eight threads that do what a line says.

use std::io::{self, BufRead, Write};
use std::sync::Barrier;
use std::thread;

use larder::clock::Clock;
use larder::key::{Name, Scope};
use larder::testing::block_on;
use larder::{Cache, Settings};

use super::filling::{Filling, Loading};
use super::source::Source;
use super::{THREADS, Task};
use crate::stores::{self, Opened};

/// Does what the environment says, until there are no more lines; returns whether it says anything.
pub fn work() -> bool {
    let Some(task) = Task::read() else { return false };
    let kind = stores::KINDS.iter().find(|kind| kind.name == task.kind).expect("a kind of store");
    let opened = kind.open_at(&task.place, &Clock::default()).expect("a store that another process has opened");
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let number: usize = line.expect("a line").parse().expect("a number");
        let answer = answer(&task, &opened, number);
        writeln!(out, "{answer}").and_then(|()| out.flush()).expect("somebody who listens");
    }
    true
}

fn answer(task: &Task, opened: &Opened, number: usize) -> String {
    match task.verb.as_str() {
        "add" => adds(opened, number).to_string(),
        "count" => counts(opened, number).to_string(),
        "fill" => filled(task, opened, number, true),
        "fill carelessly" => filled(task, opened, number, false),
        "load" => loaded(task, opened, number),
        verb => panic!("nobody knows how to {verb}"),
    }
}

/// Runs the same on eight threads that begin together.
pub fn together<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, work) = (&Barrier::new(THREADS), &work);
    let run = |thread| {
        move || {
            start.wait();
            work(thread)
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(run(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread that does not panic")).collect()
    })
}

/// Returns a name of the races, in the scope of the thread that alone changes what it stands for.
pub fn name(scope: usize, key: &str) -> Name {
    Scope::new("race", &scope.to_string(), None).expect("a short prefix").name(&key.into())
}

fn adds(opened: &Opened, round: usize) -> usize {
    let name = name(0, &format!("lock{round}"));
    let won = together(|_| block_on(opened.backend().add(&name, b"mine", None)).expect("a store that works"));
    won.into_iter().filter(|won| *won).count()
}

/// Counts so often on each thread, and returns how many sums there were.
fn counts(opened: &Opened, times: usize) -> usize {
    let cache = cache(opened.settings());
    let sums = |_| (0..times).filter(|_| cache.blocking().incr("count", 1).is_ok()).count();
    together(sums).into_iter().sum()
}

/// Returns a cache as a program has one, with the clock of the machine.
fn cache(settings: Settings) -> Cache {
    let larder = larder::testing::isolated_at(Clock::default(), [("default", settings)]).expect("settings that work");
    larder.cache("default")
}

fn filled(task: &Task, opened: &Opened, fills: usize, asks: bool) -> String {
    let source = Source::open(&task.source);
    let filling = Filling { backend: opened.backend(), source: &source, asks };
    sum(&together(|thread| filling.run(task.process * THREADS + thread, fills)))
}

fn loaded(task: &Task, opened: &Opened, loads: usize) -> String {
    let source = Source::open(&task.source);
    let loading = Loading { cache: cache(opened.settings()), source: &source };
    sum(&together(|thread| loading.run(task.process * THREADS + thread, loads)))
}

fn sum(tallies: &[[u64; 3]]) -> String {
    let sum = |at: usize| tallies.iter().map(|tally| tally[at]).sum::<u64>().to_string();
    [sum(0), sum(1), sum(2)].join(" ")
}
