//! `larder bench`: how fast a store is from here.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cache_core::stats::Counters;
use larder::{Error, LoadTimes, Options};
use serde_json::{Value, json};

use crate::arguments::Bench;
use crate::choice::{self, Choice};
use crate::ending::{Ending, Failure};
use crate::table::{Side, Table};
use crate::terminal::Progress;
use crate::{interrupt, output, probe};

/// How many entries each thread writes and reads.
const ENTRIES: usize = 64;
/// How long the entries live where this process ends before it has removed them.
const SECONDS: u64 = 600;

/// What threads do for a while.
#[derive(Clone, Copy)]
enum Deed {
    Set,
    Get,
}

/// What came of it.
struct Measured {
    deed: Deed,
    took: Duration,
    /// How often that was, and how long it took.
    count: u64,
    times: LoadTimes,
    longest: Option<Duration>,
    failures: u64,
    failure: Option<Error>,
}

/// Writes, reads and removes, and tells how long that took.
pub fn run(arguments: &Bench) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.made_if_needed().outside()?;
    interrupt::hear();
    let own = probe::own_key("bench");
    let keys: Vec<Vec<_>> = (0..arguments.concurrency)
        .map(|thread| (0..ENTRIES).map(|number| format!("{own}:{thread}:{number}")).collect())
        .collect();
    // A store that is away is not asked as fast as it can be.
    let first = choice.cache.blocking().set(own.as_str(), letters(arguments.size as usize), Options::ttl(SECONDS));
    first.and_then(|()| choice.cache.blocking().delete(own.as_str())).map_err(|error| choice.failed(&error))?;
    let time = Duration::from_secs(arguments.seconds) / 2;
    let measured: Vec<_> = [Deed::Set, Deed::Get].map(|deed| measure(&choice, arguments, deed, &keys, time)).into();
    let removed = choice.cache.blocking().delete_many(keys.iter().flatten().map(String::as_str));
    tell(&choice, arguments, &measured)?;
    removed.map_err(|error| {
        let sentence =
            format!("{choice}: what was written could not be removed, and goes by itself within {SECONDS} s: {error}");
        Failure::Trouble(sentence)
    })?;
    let is_failed = measured.iter().any(|measured| measured.failures > 0);
    Ok(if interrupt::is_over() {
        Ending::Interrupted
    } else if is_failed {
        Ending::Trouble
    } else {
        Ending::Done
    })
}

fn measure(choice: &Choice, arguments: &Bench, deed: Deed, keys: &[Vec<String>], time: Duration) -> Measured {
    let (is_over, all, mut progress) = (AtomicBool::new(false), Mutex::new((None, 0, None)), Progress::new());
    // As many as there are steps, and not as there are questions: it may go on for an hour.
    let counters = Counters::new();
    let value = letters(arguments.size as usize);
    let begun = Instant::now();
    thread::scope(|threads| {
        for keys in keys {
            threads.spawn(|| {
                let (mut longest, mut failures, mut failure) = (None, 0, None);
                for key in keys.iter().cycle() {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let asked = Instant::now();
                    match deed.run(choice, key, &value) {
                        Ok(()) => {
                            let took = asked.elapsed();
                            counters.count_load(took);
                            longest = longest.max(Some(took));
                        }
                        Err(error) => {
                            failures += 1;
                            failure = Some(error);
                        }
                    }
                }
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.0 = all.0.max(longest);
                all.1 += failures;
                all.2 = all.2.take().or(failure);
            });
        }
        while begun.elapsed() < time && !interrupt::is_over() {
            progress.tell(format!("{}, {} s of {}…", deed.doing(), begun.elapsed().as_secs(), time.as_secs_f32()));
            interrupt::sleep(Duration::from_millis(200).min(time.saturating_sub(begun.elapsed())));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let took = begun.elapsed();
    let (longest, failures, failure) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (count, times) = (counters.snapshot().loads, counters.load_times());
    Measured { deed, took, count, times, longest, failures, failure }
}

impl Deed {
    fn run(self, choice: &Choice, key: &str, value: &str) -> Result<(), Error> {
        match self {
            Self::Set => choice.cache.blocking().set(key, value.to_owned(), Options::ttl(SECONDS)),
            Self::Get => choice.cache.blocking().get::<String>(key).map(drop),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Get => "get",
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Set => "writing",
            Self::Get => "reading",
        }
    }
}

/// Returns so many letters in no order that a layer could write in fewer bytes.
fn letters(count: usize) -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let letter = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap_or(0))
    };
    (0..count).map(letter).collect()
}

fn tell(choice: &Choice, arguments: &Bench, measured: &[Measured]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.chosen.json {
        let operations: Vec<_> = measured.iter().map(Measured::in_json).collect();
        let said = json!({
            "store": choice.described.store,
            "concurrency": arguments.concurrency,
            "value_bytes": arguments.size,
            "operations": operations,
        });
        return writeln!(out, "{said:#}");
    }
    let threads = output::many(arguments.concurrency.into(), "thread", "threads");
    writeln!(out, "{choice}: values of {}, {threads}", output::size(arguments.size.into()))?;
    if choice.described.near_ttl.is_some() {
        writeln!(out, "It keeps values near (`near_ttl`): what is read here is read in memory.")?;
    }
    writeln!(out)?;
    let columns = ["", "A SECOND", "HALF", "90 %", "99 %", "LONGEST", "FAILED"];
    let side = |name: &&'static str| (*name, if name.is_empty() { Side::Left } else { Side::Right });
    let mut table = Table::new(columns.iter().map(side).collect::<Vec<_>>());
    for measured in measured {
        table.row(measured.cells());
    }
    table.lines().into_iter().try_for_each(|line| writeln!(out, "{line}"))?;
    let failure = measured.iter().find_map(|measured| measured.failure.as_ref());
    failure.map_or(Ok(()), |error| writeln!(out, "\n{error}"))
}

impl Measured {
    fn rate(&self) -> u64 {
        let micros = self.took.as_micros().max(1);
        output::whole(u128::from(self.count) * 1_000_000 / micros)
    }

    /// Returns how long half of them took at most, nine of ten, and 99 of a hundred; and the longest.
    fn figures(&self) -> [Option<Duration>; 4] {
        let [half, most, nearly_all] = [0.5, 0.9, 0.99].map(|part| self.times.quantile(part).min(self.longest));
        [half, most, nearly_all, self.longest]
    }

    fn cells(&self) -> Vec<String> {
        let figures = self.figures().map(|time| time.map_or_else(|| "-".to_owned(), output::short_time));
        let begin = [self.deed.name().to_owned(), output::grouped(self.rate())];
        begin.into_iter().chain(figures).chain([output::grouped(self.failures)]).collect()
    }

    fn in_json(&self) -> Value {
        let [p50, p90, p99, max] = self.figures().map(|time| time.map(|time| output::whole(time.as_micros())));
        json!({
            "operation": self.deed.name(),
            "count": self.count,
            "per_second": self.rate(),
            "p50_us": p50,
            "p90_us": p90,
            "p99_us": p99,
            "max_us": max,
            "failed": self.failures,
            "error": self.failure.as_ref().map(ToString::to_string),
        })
    }
}
