//! What happens when many ask for a key that is not there, and loading it takes a while.
//!
//! To add a candidate: a row in `candidates.rs` with what loads a key through the cache.

mod candidates;
mod crowd;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::Effort;
use crate::report::Table;
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

/// A key of a candidate, in a run in which loading the cold one works or fails.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub asked: Asked,
    pub fails: bool,
}

impl Call {
    /// Returns a number for each key, and others for the run that fails.
    #[must_use]
    pub fn key(self) -> u64 {
        self.asked as u64 + if self.fails { 10 } else { 0 }
    }

    fn result(self) -> Result<u64, Down> {
        if self.fails && self.asked == Asked::Cold { Err(Down) } else { Ok(self.key()) }
    }

    fn count(self) {
        if self.asked == Asked::Cold {
            BODIES.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Loads, and leaves the thread to others meanwhile.
    ///
    /// # Errors
    ///
    /// [`Down`], where the load is to fail.
    pub async fn load(self) -> Result<u64, Down> {
        self.count();
        tokio::time::sleep(LOAD).await;
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
pub fn print(_: Effort) {
    println!("\n## {CALLERS} callers, one cold key\n");
    println!("A load takes {} ms. All times in milliseconds.", LOAD.as_millis());
    let (loads, failures) = candidates::run();
    table("the load works", &loads);
    table("the load fails", &failures);
    println!(
        "\nThe longest warm hit is one by a caller who asked for nothing else meanwhile; \
        the other cold key was asked for five milliseconds after the crowd."
    );
}

fn table(title: &str, lines: &[(&str, Seen)]) {
    println!("\n### {title}\n");
    let mut table = Table::new(&[title, "bodies", "all served after", "longest warm hit", "other cold key after"]);
    for (name, seen) in lines {
        let mut cells = vec![(*name).to_owned(), seen.bodies.to_string()];
        cells.extend([seen.all, seen.warm, seen.other].map(|time| format!("{:.1}", time.as_secs_f64() * 1_000.0)));
        table.row(cells);
    }
    table.print();
}
