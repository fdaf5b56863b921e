//! Two processes of eight threads each on one store: no winner too many, no count lost, and nothing old comes back.
//!
//! The program of the tests starts itself twice. Each of the two does what it is told, a round at a time, and says what
//! came of it, by lines through pipes.

mod filling;
mod source;
mod worker;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use larder::Error;
use source::Source;
pub use worker::work;

use crate::stores::{Kind, Store};

crate::tests!(Kind::is_shared =>
    of_two_processes_that_add_at_once_one_thread_wins,
    of_counts_by_two_processes_none_is_lost,
    nothing_older_than_an_invalidation_is_read_after_it,
    nothing_older_than_an_invalidation_is_read_through_caches,
    a_store_that_fills_without_asking_is_caught,
);

const PROCESSES: usize = 2;
const THREADS: usize = 8;

/// What one of the processes is told by its environment.
const TASK: &str = "LARDER_TEST_RACE";

/// What a process is to do, as it is written into its environment.
#[derive(Clone, Debug)]
struct Task {
    kind: String,
    place: String,
    verb: String,
    process: usize,
    source: String,
}

impl Task {
    fn read() -> Option<Self> {
        let text = env::var(TASK).ok()?;
        let [kind, place, verb, process, source] = <[_; 5]>::try_from(text.split('\n').collect::<Vec<_>>()).ok()?;
        let [kind, place, verb, source] = [kind, place, verb, source].map(str::to_owned);
        Some(Self { kind, place, verb, process: process.parse().ok()?, source })
    }

    fn written(&self) -> String {
        let Self { kind, place, verb, process, source } = self;
        format!("{kind}\n{place}\n{verb}\n{process}\n{source}")
    }
}

/// One of the processes, seen from the test.
struct Racer {
    child: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Racer {
    fn start(task: &Task) -> Self {
        let program = env::current_exe().expect("the program of the tests");
        let mut command = Command::new(program);
        command.env(TASK, task.written()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("another process");
        let (words, answers) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        Self { child, words, answers: BufReader::new(answers) }
    }

    fn tell(&mut self, number: usize) {
        writeln!(self.words, "{number}").expect("a process that listens");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        let length = self.answers.read_line(&mut line).expect("a pipe");
        assert!(length > 0, "one of the processes has ended: {:?}", self.child.wait());
        line.trim_end().to_owned()
    }
}

/// The two processes, which do each round together.
struct Race([Racer; PROCESSES]);

impl Race {
    fn begin(store: &Store, verb: &str, source: &Source) -> Self {
        let task = |process| Task {
            kind: store.kind.name.to_owned(),
            place: store.place().to_owned(),
            verb: verb.to_owned(),
            process,
            source: source.path(),
        };
        Self([0, 1].map(|process| Racer::start(&task(process))))
    }

    /// Has both do the same at once, and returns what they say.
    fn round(&mut self, number: usize) -> [String; PROCESSES] {
        self.0.iter_mut().for_each(|racer| racer.tell(number));
        self.0.each_mut().map(Racer::answer)
    }

    fn counts(&mut self, number: usize) -> [u64; PROCESSES] {
        self.round(number).map(|answer| answer.parse().unwrap_or_else(|_| panic!("{answer}")))
    }

    /// Has both end, and asks that they end well.
    fn end(self) {
        for Racer { mut child, words, .. } in self.0 {
            drop(words);
            assert!(child.wait().is_ok_and(|status| status.success()), "one of the processes has failed");
        }
    }
}

fn of_two_processes_that_add_at_once_one_thread_wins(store: &Store) -> Result<(), Error> {
    let mut race = Race::begin(store, "add", &Source::make());
    for round in 0..often(store, 1_000) {
        let winners = race.counts(round);
        assert_eq!(winners.iter().sum::<u64>(), 1, "in round {round} there won of each process {winners:?}");
    }
    race.end();
    Ok(())
}

fn of_counts_by_two_processes_none_is_lost(store: &Store) -> Result<(), Error> {
    const EACH: usize = 10_000 / (PROCESSES * THREADS);
    let cache = store.larder().cache("default");
    cache.blocking().set("count", 0_i64, larder::Options::forever())?;
    let mut race = Race::begin(store, "count", &Source::make());
    let sums = race.counts(EACH);
    race.end();
    assert_eq!(sums.iter().sum::<u64>(), 10_000);
    assert_eq!(cache.blocking().get::<i64>("count")?, Some(10_000));
    Ok(())
}

/// Returns how often something is done to a store: a fifth as often where it is done elsewhere to all that decides.
fn often(store: &Store, times: usize) -> usize {
    if store.kind.decides_as_another() { times / 5 } else { times }
}

/// Runs fills against invalidations, and returns how many fills there were, how many of them were kept, and how often
/// something too old was read.
fn fills(store: &Store, verb: &str, fills: usize) -> [u64; 3] {
    let source = Source::make();
    let mut race = Race::begin(store, verb, &source);
    let answers = race.round(fills / (PROCESSES * THREADS));
    race.end();
    let numbers = answers.map(|answer| {
        let numbers: Vec<u64> = answer.split(' ').map(|number| number.parse().expect("a number")).collect();
        <[u64; 3]>::try_from(numbers).expect("three numbers")
    });
    std::array::from_fn(|at| numbers.iter().map(|numbers| numbers[at]).sum())
}

fn nothing_older_than_an_invalidation_is_read_after_it(store: &Store) -> Result<(), Error> {
    let wanted = often(store, 100_000);
    let [fills, kept, old] = fills(store, "fill", wanted);
    assert_eq!((fills, old), (wanted as u64, 0), "fills, and values read that were too old");
    assert!(kept > fills / 100 && kept < fills, "of {fills} fills {kept} were kept: there was no race");
    Ok(())
}

fn nothing_older_than_an_invalidation_is_read_through_caches(store: &Store) -> Result<(), Error> {
    let wanted = often(store, 10_000);
    let [loads, kept, old] = fills(store, "load", wanted);
    assert_eq!((loads, old), (wanted as u64, 0), "loads, and values read that were too old");
    assert!(kept > loads / 100, "of {loads} values {kept} were found in the cache: there was no race");
    Ok(())
}

/// The check is worth something: a store that keeps whatever comes late is found out.
fn a_store_that_fills_without_asking_is_caught(store: &Store) -> Result<(), Error> {
    let is_caught = || {
        let [fills, kept, old] = fills(store, "fill carelessly", 800);
        assert_eq!((fills, kept), (800, 800));
        old > 0
    };
    assert!((0..10).any(|_| is_caught()), "thousands of late fills, and nobody has noticed");
    Ok(())
}
