//! Rounds of all candidates in turn, so that a machine that slows down slows all of them.

use std::time::{Duration, Instant};

use crate::Effort;
use crate::candidates::{self, BASE, NOBODY};
use crate::report::{Table, grouped, median};
use crate::site::{Candidate, Site};

/// What was measured of one candidate.
struct Figure {
    name: &'static str,
    nanos: f64,
    /// The same, as a ratio to the constant page in the same round.
    ratio: f64,
    /// The ratio of what is left of both without the request itself.
    net: f64,
}

/// Measures, and prints the table.
pub fn print(effort: Effort) {
    println!("\n## A page in the process\n");
    println!(
        "Nanoseconds a request, from making it to the last byte of a page of 4 KB, and its ratio to a constant page;"
    );
    println!(
        "then the ratio of what remains of both without making and dropping the request. A request that is answered"
    );
    println!("with 304 has one header more. One thread, no sockets.\n");
    let mut table = Table::new(&["one thread", "ns a request", "ratio", "net of the request"]);
    for Figure { name, nanos, ratio, net } in measure(&candidates::all(), effort) {
        let nanos = grouped(nanos.round() as u64);
        table.row(vec![name.to_owned(), nanos, format!("{ratio:.2}"), format!("{net:.2}")]);
    }
    table.print();
}

fn measure(candidates: &[Candidate], effort: Effort) -> Vec<Figure> {
    let (rounds, slice) = effort.of((25, Duration::from_millis(20)), (3, Duration::from_millis(5)));
    let sites: Vec<_> = candidates.iter().map(Candidate::site).collect();
    let times: Vec<_> = sites.iter().map(|site| times_in(slice, &**site)).collect();
    let mut nanos = vec![Vec::with_capacity(rounds); sites.len()];
    for _ in 0..rounds {
        for (index, site) in sites.iter().enumerate() {
            nanos[index].push(round(&**site, times[index]));
        }
    }
    let at = |name| candidates.iter().position(|who| who.name == name).expect("it takes part");
    let (nobody, base) = (&nanos[at(NOBODY)], &nanos[at(BASE)]);
    let figure = |(who, of): (&Candidate, &Vec<f64>)| {
        let per_round = || of.iter().zip(base).zip(nobody);
        let ratio = median(per_round().map(|((of, base), _)| of / base).collect());
        let net = median(per_round().map(|((of, base), nobody)| (of - nobody) / (base - nobody)).collect());
        Figure { name: who.name, nanos: median(of.clone()), ratio, net }
    };
    candidates.iter().zip(&nanos).map(figure).collect()
}

/// Returns how often a site can be asked in so much time: there are a hundred times between the quickest and the slowest.
fn times_in(slice: Duration, site: &dyn Site) -> usize {
    const TRIAL: usize = 100;
    let trial = round(site, TRIAL) * TRIAL as f64;
    (slice.as_nanos() as f64 / trial * TRIAL as f64).max(TRIAL as f64) as usize
}

/// Returns the nanoseconds a request; asks a few times before, for the processor's caches were somebody else's just now.
fn round(site: &dyn Site, times: usize) -> f64 {
    site.ask(20);
    let began = Instant::now();
    site.ask(times);
    began.elapsed().as_nanos() as f64 / times as f64
}
