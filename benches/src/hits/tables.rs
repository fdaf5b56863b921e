//! The tables of what a hit costs.

use super::rounds::{Figure, Load, Picks, measure};
use super::{Full, candidates};
use crate::Effort;
use crate::entries::{ManyNames, ManyNumbers, Names, Numbers, Pages, Texts};
use crate::report::{Table, grouped};

const UNIFORM: Load = Load { picks: Picks::Uniform, threads: 1 };
const ZIPF: Load = Load { picks: Picks::Zipf, threads: 1 };
const BOTH: Load = Load { picks: Picks::Uniform, threads: 2 };
const ZIPF_BOTH: Load = Load { picks: Picks::Zipf, threads: 2 };

/// What was measured of all candidates under one load.
struct Column {
    head: String,
    figures: Vec<Figure>,
}

fn columns<C: Full, const N: usize>(loads: [Load; N], effort: Effort) -> [Column; N] {
    let mut measured = measure(&candidates::<C>(), C::ENTRIES, &loads, effort).into_iter();
    loads.map(|load| {
        let zipf = if load.picks == Picks::Zipf { ", Zipf" } else { "" };
        let head = format!("{}, {}{zipf}", C::KEY, grouped(C::ENTRIES as u64));
        Column { head, figures: measured.next().expect("figures for each load") }
    })
}

/// Measures, and prints the tables.
pub fn print(effort: Effort) {
    println!("\n## A hit\n");
    println!(
        "Nanoseconds, and in brackets the ratio to the first line; the value is `Arc<str>` unless said otherwise."
    );
    let [few, few_zipf, few_both, few_zipf_both] = columns::<Numbers, 4>([UNIFORM, ZIPF, BOTH, ZIPF_BOTH], effort);
    let [names] = columns::<Names, 1>([UNIFORM], effort);
    let [many, many_zipf, many_both] = columns::<ManyNumbers, 3>([UNIFORM, ZIPF, BOTH], effort);
    let [many_names, many_names_zipf] = columns::<ManyNames, 2>([UNIFORM, ZIPF], effort);
    one_thread("uniform reads", &[&few, &names, &many, &many_names]);
    let [pages] = columns::<Pages, 1>([UNIFORM], effort);
    let [texts] = columns::<Texts, 1>([UNIFORM], effort);
    one_thread("other keys, values and reads", &[&pages, &texts, &few_zipf, &many_zipf, &many_names_zipf]);
    two_threads(&[(&few, &few_both), (&few_zipf, &few_zipf_both), (&many, &many_both)]);
    println!("\n`hitbox` serializes what it keeps, and returns a `String` where the others return an `Arc<str>`.");
}

fn one_thread(title: &str, columns: &[&Column]) {
    println!("\n### One thread, {title}\n");
    let mut heads = vec!["one thread"];
    heads.extend(columns.iter().map(|column| &*column.head));
    let mut table = Table::new(&heads);
    for (line, figure) in columns[0].figures.iter().enumerate() {
        let mut cells = vec![figure.name.to_owned()];
        cells.extend(columns.iter().map(|column| {
            let Figure { nanos, ratio, .. } = column.figures[line];
            format!("{nanos:.1} ({ratio:.2})")
        }));
        table.row(cells);
    }
    table.print();
}

/// Shows how much more two threads read than one.
fn two_threads(pairs: &[(&Column, &Column)]) {
    println!("\n### Two threads\n");
    println!("Millions of hits a second, and in brackets how many times those of one thread.\n");
    let mut heads = vec!["two threads"];
    heads.extend(pairs.iter().map(|(_, both)| &*both.head));
    let mut table = Table::new(&heads);
    for (line, figure) in pairs[0].0.figures.iter().enumerate() {
        let mut cells = vec![figure.name.to_owned()];
        cells.extend(pairs.iter().map(|(one, both)| {
            let (one, both) = (one.figures[line].nanos, both.figures[line].nanos);
            format!("{:.1} ({:.2})", 1_000.0 / both, one / both)
        }));
        table.row(cells);
    }
    table.print();
}
