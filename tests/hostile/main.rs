//! HOSTILE: attempts to break the stores across machines. Run by name: `cargo test --test hostile -- near cancel …`.

#![allow(clippy::all, clippy::pedantic, missing_docs, reason = "attempts, not tests of the project")]

#[path = "../backends/faults/load.rs"]
#[allow(dead_code)]
mod load;
#[path = "../support/proxy/mod.rs"]
mod proxy;
#[path = "../support/servers/mod.rs"]
mod servers;

mod cancel;
mod fake;
mod forget;
mod limits;
mod near;
mod shake;
mod turns;
mod wrong;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What came of an attempt: findings, each a sentence.
type Found = Vec<String>;
type Attempt = (&'static str, u64, fn() -> Found);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let all: Vec<Attempt> =
        [near::ALL, cancel::ALL, fake::ALL, forget::ALL, limits::ALL, shake::ALL, turns::ALL, wrong::ALL].concat();
    let mut bad = 0;
    for (name, most, run) in all {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(&**word)) {
            continue;
        }
        let begun = Instant::now();
        let (told, outcome) = mpsc::channel();
        thread::Builder::new().name(name.into()).spawn(move || drop(told.send(run()))).expect("a thread");
        let found = outcome
            .recv_timeout(Duration::from_secs(most))
            .unwrap_or_else(|error| vec![format!("HANG or PANIC ({error})")]);
        println!("{} {name} in {:?}", if found.is_empty() { "held " } else { "BROKE" }, begun.elapsed());
        found.iter().take(12).for_each(|found| println!("      {found}"));
        bad += found.len();
    }
    std::process::exit(i32::from(bad > 0));
}

/// Numbers that look like chance.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap_or(0)
    }
}
