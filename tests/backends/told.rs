//! How long what another process has invalidated is still served from the near level of this one: two processes on one Redis.
//!
//! The one is the test, which writes and invalidates. The other is this program, started once more: it has each value near, asks
//! for it without a pause, and says when it was not served any more. Both read the clock of one machine.

mod other;

use std::env;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime};

use larder::clock::Clock;
use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{self, Isolated};
use larder::{Cache, Error, Key, Options, Settings};
pub use other::work;

use crate::faults::{Needed, SLACK, own, told};
use crate::servers::Redis;

const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

own!(REDIS =>
    what_another_process_invalidates_is_not_served_near_for_longer_than_the_docs_say,
);

/// The bound that the docs state: how long an answer may take.
const BOUND: Duration = Duration::from_secs(2);

/// For how long values may be near: much longer than the bound.
const NEAR: u64 = 600;

/// What the other process is told by its environment: where the server is.
const TASK: &str = "LARDER_TEST_TOLD";

/// How a value can be invalidated.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Key,
    Tag,
    Namespace,
    Clear,
}

const WAYS: [Way; 4] = [Way::Key, Way::Tag, Way::Namespace, Way::Clear];
const ROUNDS_EACH: usize = 200;

impl Way {
    /// Returns the handle and the key of the value that is invalidated so.
    fn value(self, cache: &Cache) -> (Cache, Key) {
        match self {
            Self::Key | Self::Clear => (cache.clone(), Key::from("key")),
            Self::Tag => (cache.clone(), Key::from("tagged").tagged(["tag"])),
            Self::Namespace => ((*cache.namespace("space")).clone(), Key::from("key")),
        }
    }

    fn invalidate(self, cache: &Cache) -> Result<(), Error> {
        match self {
            Self::Key => cache.blocking().delete("key").map(drop),
            Self::Tag => larder::invalidate_tag_blocking("tag"),
            Self::Namespace => cache.namespace("space").invalidate_blocking(),
            Self::Clear => cache.blocking().clear(),
        }
    }
}

fn caches(url: &str) -> Result<Isolated, Error> {
    let store = Store::new(Config::new(url)?.response_timeout(BOUND))?;
    testing::isolated_at(Clock::default(), [("default", Settings::backend(store).near(NEAR))])
}

fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock that was set")
}

/// The other process, seen from the test.
struct Other {
    child: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Other {
    fn start(url: &str) -> Self {
        let mut command = Command::new(env::current_exe().expect("the program of the tests"));
        let mut child =
            command.env(TASK, url).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("another process");
        let (words, answers) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        Self { child, words, answers: BufReader::new(answers) }
    }

    fn tell(&mut self, words: impl fmt::Display) {
        writeln!(self.words, "{words}").expect("a process that listens");
    }

    fn answer(&mut self) -> u64 {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a pipe");
        line.trim_end().parse().unwrap_or_else(|_| panic!("{line:?}, {:?}", self.child.try_wait()))
    }

    fn end(self) -> bool {
        let Self { mut child, words, .. } = self;
        drop(words);
        child.wait().is_ok_and(|status| status.success())
    }
}

/// Writes a value, has the other process take it near, and invalidates it. Returns for how long it was served there after the
/// invalidation had begun, and after it was done.
fn round(cache: &Cache, other: &mut Other, way: Way, number: usize) -> Result<[Duration; 2], Error> {
    let (within, key) = way.value(cache);
    within.blocking().set(key, number.to_string(), Options::forever())?;
    other.tell(format_args!("{} {number}", way as usize));
    assert_eq!(other.answer(), 0, "it has the value near");
    let begun = now();
    way.invalidate(cache)?;
    let done = now();
    let over = Duration::from_nanos(other.answer());
    Ok([begun, done].map(|then| over.saturating_sub(then)))
}

/// Returns the median, the one that a hundredth is above, and the longest.
fn figures(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort();
    [times.len() / 2, times.len() * 99 / 100, times.len() - 1].map(|at| times[at])
}

fn what_another_process_invalidates_is_not_served_near_for_longer_than_the_docs_say() -> Result<(), String> {
    let server = Redis::start()?;
    let larder = caches(&server.url()).map_err(|error| format!("{error:?}"))?;
    let (cache, mut other) = (larder.cache("default"), Other::start(&server.url()));
    let mut rounds = Vec::new();
    for number in 0..WAYS.len() * ROUNDS_EACH {
        let way = WAYS[number % WAYS.len()];
        rounds.push((way, round(&cache, &mut other, way, number).map_err(|error| format!("{error:?}"))?));
    }
    assert!(other.end(), "the other process has failed");
    for way in WAYS {
        let of = |at: usize| rounds.iter().filter(|(of, _)| *of == way).map(|(_, times)| times[at]).collect();
        let [begun, done] = [0, 1].map(|at| figures(of(at)).map(|time| format!("{} µs", time.as_micros())).join(" | "));
        told(&format!("| {way:?} | {begun} | {done} |"));
    }
    let [.., longest] = figures(rounds.iter().map(|(_, [_, done])| *done).collect());
    // A process that does not get its turn is not what the bound is for. What is never told is served for as long as it is near.
    assert!(longest < BOUND + SLACK, "an old value was served for {longest:?} after it was invalidated");
    Ok(())
}
