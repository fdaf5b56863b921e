//! How long each test takes, where somebody asks: `LARDER_TEST_TIMES=1`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What was timed, with what it is of: a kind of work, and a test.
static TIMES: Mutex<Vec<(&str, String, Duration)>> = Mutex::new(Vec::new());

/// Asks whether somebody wants to know.
fn is_asked() -> bool {
    std::env::var_os("LARDER_TEST_TIMES").is_some()
}

/// Does some work, and notes how long it takes.
pub fn note<T>(what: &'static str, of: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let outcome = work();
    if is_asked() {
        let time = (what, of.to_owned(), begun.elapsed());
        TIMES.lock().unwrap_or_else(PoisonError::into_inner).push(time);
    }
    outcome
}

/// Says how long all of it took, the longest first, and what comes together of each kind of work.
pub fn tell() {
    let mut times = std::mem::take(&mut *TIMES.lock().unwrap_or_else(PoisonError::into_inner));
    times.sort_by_key(|(_, _, time)| std::cmp::Reverse(*time));
    let mut sums = BTreeMap::<_, (usize, Duration)>::new();
    for (what, of, time) in &times {
        println!("{:8.2} s  {what}: {of}", time.as_secs_f64());
        let sum = sums.entry(*what).or_default();
        *sum = (sum.0 + 1, sum.1 + *time);
    }
    for (what, (count, time)) in sums {
        println!("{:8.2} s  for {count} times {what}", time.as_secs_f64());
    }
}
