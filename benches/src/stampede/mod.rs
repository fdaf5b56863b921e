//! What happens when many ask for a key that is not there, and loading it takes a while.
//!
//! To add a candidate: a row in `candidates.rs` with what loads a key through the cache.

mod candidates;
mod crowd;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::Effort;
use crate::report::{Table, median};
pub use crowd::{Seen, in_tasks, in_threads};

/// How many ask at once.
pub const CALLERS: usize = 64;
/// How long a load takes.
pub const LOAD: Duration = Duration::from_millis(20);

/// The name of larder's cache.
pub const CACHE: &str = "stampede";

/// A load that failed.
#[derive(Clone, Debug)]
pub struct Down;

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("down")
    }
}

impl std::error::Error for Down {}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    Warm,
    Cold,
    /// Another cold key, asked for while the crowd waits.
    Other,
}

/// A crowd: in which round it comes, and whether its load fails.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    pub round: u64,
    pub fails: bool,
}

/// A key of a candidate, as one of a crowd asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub asked: Asked,
    pub crowd: Crowd,
}

impl Call {
    /// Returns a number for each key, and others for each crowd.
    #[must_use]
    pub fn key(self) -> u64 {
        self.asked as u64 + if self.crowd.fails { 10 } else { 0 } + 100 * self.crowd.round
    }

    fn result(self) -> Result<u64, Down> {
        if self.crowd.fails && self.asked == Asked::Cold { Err(Down) } else { Ok(self.key()) }
    }

    fn count(self) {
        if self.asked == Asked::Cold {
            BODIES.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Loads, and leaves the thread to others meanwhile. Not by a timer of tokio's, which ends with a whole millisecond: that is
    /// more than what caches differ by.
    ///
    /// # Errors
    ///
    /// [`Down`], where the load is to fail.
    pub async fn load(self) -> Result<u64, Down> {
        self.count();
        tokio::task::spawn_blocking(|| std::thread::sleep(LOAD)).await.expect("it only sleeps");
        self.result()
    }

    /// Loads, and blocks the thread meanwhile.
    ///
    /// # Errors
    ///
    /// [`Down`], where the load is to fail.
    pub fn load_blocking(self) -> Result<u64, Down> {
        self.count();
        std::thread::sleep(LOAD);
        self.result()
    }
}

/// How many bodies ran for the cold key.
static BODIES: AtomicUsize = AtomicUsize::new(0);

/// Measures, and prints the tables.
pub fn print(effort: Effort) {
    // Where it fails, some let one after the other load, which takes as many times as long.
    let [works, fails] = [25, 9].map(|rounds| effort.of(rounds, 1));
    println!("\n## {CALLERS} callers, one cold key\n");
    println!("A load takes {} ms. All times in milliseconds, the medians of {works} crowds;", LOAD.as_millis());
    println!("of {fails} where the load fails.");
    for (fails, title, rounds) in [(false, "the load works", works), (true, "the load fails", fails)] {
        let rounds: Vec<_> = (0..rounds).map(|round| candidates::run(Crowd { round, fails })).collect();
        table(title, &rounds);
    }
    println!(
        "\nThe longest warm hit is one by a caller who asked for nothing else meanwhile; \
        the other cold key was asked for five milliseconds after the crowd."
    );
}

fn table(title: &str, rounds: &[candidates::Lines]) {
    println!("\n### {title}\n");
    let mut table = Table::new(&[title, "bodies", "all served after", "longest warm hit", "other cold key after"]);
    for (line, (name, _)) in rounds[0].iter().enumerate() {
        let seen = || rounds.iter().map(|round| round[line].1);
        let bodies = seen().map(|seen| seen.bodies).max().expect("a round");
        let mut cells = vec![(*name).to_owned(), bodies.to_string()];
        let times: [fn(Seen) -> Duration; 3] = [|seen| seen.all, |seen| seen.warm, |seen| seen.other];
        cells.extend(times.map(|of| {
            let milliseconds = seen().map(|seen| of(seen).as_secs_f64() * 1_000.0).collect();
            format!("{:.2}", median(milliseconds))
        }));
        table.row(cells);
    }
    table.print();
}
