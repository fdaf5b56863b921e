//! Requests a second over loopback: a server on one processor, those who ask on another.

mod candidate;
mod django;
mod load;
mod nginx;
mod origin;
mod process;
mod spent;
mod varnish;

pub use candidate::serve;
pub use load::load;

use load::Generator;
use process::Server;

use crate::Effort;
use crate::candidates::{self, BASE};
use crate::report::{Table, grouped, median};
use crate::site::Answers;

/// The processor of the server, and that of those who ask.
const SERVER: &str = "0";
const CLIENTS: &str = "1";
/// How long a server is asked in each round.
const SECONDS: u64 = 1;

type Outcome<T> = Result<T, String>;

/// Somebody who serves the page; without a server if it is not installed.
struct Line {
    name: &'static str,
    server: Option<Server>,
    rounds: Vec<Round>,
}

/// What one round was for one server.
struct Round {
    /// Requests a second.
    rate: f64,
    /// Microseconds of the server's processor a request.
    spent: f64,
}

/// Measures, and prints the table.
///
/// # Errors
///
/// When a server that is installed does not start, or an answer is not what it should be.
pub fn print(effort: Effort) -> Outcome<()> {
    let rounds = effort.of(9, 1);
    let mut lines = lines()?;
    let generator = Generator::installed();
    for _ in 0..rounds {
        for line in &mut lines {
            line.measure(generator).map_err(|error| format!("{}: {error}", line.name))?;
        }
    }
    for Line { name, server, .. } in &lines {
        server.as_ref().map_or(Ok(()), Server::check).map_err(|error| format!("{name}: {error}"))?;
    }
    println!("\n## A page over loopback\n");
    println!(
        "Requests a second for a page of 4 KB, and how long each kept the server's processor busy, with ratios to a constant"
    );
    println!(
        "page, the medians of those of single rounds. Each server has one processor; on another there are 32 connections that"
    );
    println!("are kept, by {}: where those are at their limit, the second figure still tells.\n", generator.name());
    table(&lines).print();
    Ok(())
}

impl Line {
    fn new(name: &'static str, server: Option<Server>) -> Self {
        Self { name, server, rounds: Vec::new() }
    }

    fn measure(&mut self, generator: Generator) -> Outcome<()> {
        let Some(server) = &self.server else { return Ok(()) };
        let before = server.spent();
        let (answered, rate) = generator.ask(server.port, SECONDS)?;
        self.rounds.push(Round { rate, spent: (server.spent() - before) * 1_000_000.0 / answered });
        Ok(())
    }

    /// Returns the cells of a figure: its median, and the median of its ratios to the same in the first line.
    fn cell(&self, base: &Self, of: fn(&Round) -> f64, shown: fn(f64) -> String) -> String {
        if self.rounds.is_empty() {
            return "not installed".to_owned();
        }
        let ratios = self.rounds.iter().zip(&base.rounds).map(|(round, base)| of(round) / of(base));
        format!("{} ({:.2})", shown(median(self.rounds.iter().map(of).collect())), median(ratios.collect()))
    }
}

/// Starts everybody; the first one is what the others are compared with.
fn lines() -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for who in candidates::all() {
        if who.name == BASE || (who.answers == Answers::Cached && !who.personal) {
            lines.push(Line::new(who.name, Some(candidate::start(who.name)?)));
        }
    }
    lines.push(Line::new("nginx `proxy_cache`, before such a server", nginx::start()?));
    lines.push(Line::new("Varnish, before such a server", varnish::start()?));
    lines.push(Line::new("Django's `cache_page`, in memory, under gunicorn", django::start()?));
    Ok(lines)
}

fn table(lines: &[Line]) -> Table {
    let mut table = Table::new(&["over loopback", "requests a second", "µs of its processor"]);
    for line in lines {
        let rate = line.cell(&lines[0], |round| round.rate, |rate| grouped(rate.round() as u64));
        let spent = line.cell(&lines[0], |round| round.spent, |micros| format!("{micros:.1}"));
        table.row(vec![line.name.to_owned(), rate, spent]);
    }
    table
}
