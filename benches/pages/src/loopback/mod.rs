//! Requests a second over loopback: a server on one processor, those who ask on another.

mod candidate;
mod django;
mod load;
mod nginx;
mod origin;
mod process;
mod varnish;

pub use candidate::serve;
pub use load::load;

use process::Server;

use crate::Effort;
use crate::candidates::{self, BASE};
use crate::report::{Table, grouped, median};
use crate::site::Answers;

/// The processor of the server, and that of those who ask.
const SERVER: &str = "0";
const CLIENTS: &str = "1";

type Outcome<T> = Result<T, String>;

/// Measures, and prints the table.
///
/// # Errors
///
/// When a server that is installed does not start, or an answer is not what it should be.
pub fn print(effort: Effort) -> Outcome<()> {
    let (rounds, seconds) = effort.of((5, 1), (1, 1));
    let lines = lines()?;
    let generator = load::Generator::installed();
    let mut rates = vec![Vec::with_capacity(rounds); lines.len()];
    for _ in 0..rounds {
        for ((name, server), rates) in lines.iter().zip(&mut rates) {
            if let Some(server) = server {
                rates.push(generator.rate(server.port, seconds).map_err(|error| format!("{name}: {error}"))?);
            }
        }
    }
    for (name, server) in lines.iter().filter_map(|(name, server)| Some((name, server.as_ref()?))) {
        server.check().map_err(|error| format!("{name}: {error}"))?;
    }
    println!("\n## A page over loopback\n");
    println!(
        "Requests a second for a page of 4 KB, and the ratio to a constant page, the median of those of single rounds; each"
    );
    println!("server on one processor, 32 connections that are kept on another, by {}.\n", generator.name());
    table(&lines, &rates).print();
    Ok(())
}

type Line = (&'static str, Option<Server>);

/// Starts everybody; the first one is what the others are compared with, and who is not installed has no server.
fn lines() -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for who in candidates::all() {
        if who.name == BASE || who.answers == Answers::Cached {
            lines.push((who.name, Some(candidate::start(who.name)?)));
        }
    }
    lines.push(("nginx `proxy_cache`, before such a server", nginx::start()?));
    lines.push(("Varnish, before such a server", varnish::start()?));
    lines.push(("Django's `cache_page`, in memory, under gunicorn", django::start()?));
    Ok(lines)
}

fn table(lines: &[Line], rates: &[Vec<f64>]) -> Table {
    let mut table = Table::new(&["over loopback", "requests a second", "ratio"]);
    for ((name, _), of) in lines.iter().zip(rates) {
        let cells = if of.is_empty() {
            ["not installed".to_owned(), String::new()]
        } else {
            let ratio = median(of.iter().zip(&rates[0]).map(|(rate, base)| rate / base).collect());
            [grouped(median(of.clone()).round() as u64), format!("{ratio:.2}")]
        };
        table.row([(*name).to_owned()].into_iter().chain(cells).collect());
    }
    table
}
