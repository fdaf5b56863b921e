//! Rounds in which all candidates take turns, so that whatever slows the machine down slows all of them.

use std::time::Instant;

use crate::entries::asked_for;
use crate::report::{Table, median};

/// How long a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Full,
    /// Enough to see that everything runs; no figure of it is worth a quotation.
    Quick,
}

/// One way to an entry. What it is handed are the ids to ask for, one after another.
pub struct Candidate {
    pub name: String,
    pub read: Box<dyn Fn(&[u64])>,
    /// How many questions are under way at a time.
    pub at_once: u64,
}

impl Candidate {
    /// Makes a candidate that reads one entry after another.
    pub fn new(name: &str, read: impl Fn(u64) + 'static) -> Self {
        let read = move |ids: &[u64]| ids.iter().for_each(|id| read(*id));
        Self { name: name.to_owned(), read: Box::new(read), at_once: 1 }
    }
}

const ROUNDS: u64 = 21;

/// Measures, and prints the table: each beside the first.
pub fn print(title: &str, candidates: &[Candidate], effort: Effort) {
    let rounds = if effort == Effort::Full { ROUNDS } else { 1 };
    let mut took: Vec<Vec<f64>> = vec![Vec::new(); candidates.len()];
    // The first round warms up, and counts for nothing.
    for round in 0..=rounds {
        for (candidate, took) in candidates.iter().zip(&mut took) {
            let ids = ids(candidate.at_once, effort, round);
            let began = Instant::now();
            (candidate.read)(&ids);
            took.push(began.elapsed().as_secs_f64() * 1e6 / ids.len() as f64);
        }
    }
    println!("\n## {title}\n");
    let mut table = Table::new(&["a hit", "µs", "of the first"]);
    let first = &took[0][1..];
    for (candidate, took) in candidates.iter().zip(&took) {
        let ratios = took[1..].iter().zip(first).map(|(took, first)| took / first).collect();
        let cells = [format!("{:.2}", median(took[1..].to_vec())), format!("{:.2}", median(ratios))];
        table.row([vec![candidate.name.clone()], cells.to_vec()].concat());
    }
    table.print();
}

fn ids(at_once: u64, effort: Effort, round: u64) -> Vec<u64> {
    let calls = if effort == Effort::Full { 4_096 } else { 64 } * at_once.min(8);
    (0..calls).map(|call| asked_for(round * calls + call)).collect()
}
