//! What is printed at the end: a column for each store.

use std::collections::BTreeMap;

use crate::fleet::Taken;
use crate::promise::Kind;

/// What is known of one fleet at the end.
#[derive(Default)]
pub struct Column {
    pub store: &'static str,
    /// What is in its place in each row.
    pub cells: BTreeMap<usize, (String, String)>,
    pub wrong: Vec<String>,
}

impl Column {
    pub fn new(store: &'static str) -> Self {
        Self { store, ..Self::default() }
    }

    /// Adds a row, or what this store has in it.
    pub fn row(&mut self, name: impl Into<String>, cell: impl std::fmt::Display) {
        self.cells.insert(self.cells.len(), (name.into(), cell.to_string()));
    }
}

/// Writes it out, in Markdown.
pub fn table(columns: &[Column]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for column in columns {
        for (name, _) in column.cells.values() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let heads: Vec<_> = columns.iter().map(|column| column.store).collect();
    let mut lines = vec![format!("| | {} |", heads.join(" | ")), format!("|---|{}", "--:|".repeat(columns.len()))];
    for name in names {
        let cells = columns.iter().map(|column| {
            let cell = column.cells.values().find(|(row, _)| row == name);
            cell.map_or("–", |(_, cell)| cell)
        });
        lines.push(format!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | ")));
    }
    lines.join("\n")
}

/// What one process took: at the start, in the middle and at the end, each the median of a quarter or less.
pub struct Curve {
    pub start: Taken,
    pub middle: Taken,
    pub end: Taken,
    /// Whether it ran for long enough that growth would show.
    pub is_long: bool,
}

impl Curve {
    /// Reads it out of the samples of the last life.
    pub fn of(samples: &[(u64, Taken)]) -> Option<Self> {
        let life = samples.last()?.0;
        let samples: Vec<_> = samples.iter().filter(|(found, _)| *found == life).map(|(_, taken)| *taken).collect();
        let quarter = samples.len() / 4;
        if quarter == 0 {
            return None;
        }
        let median = |part: &[Taken]| {
            let of = |what: fn(&Taken) -> u64| {
                let mut all: Vec<_> = part.iter().map(what).collect();
                all.sort_unstable();
                all[all.len() / 2]
            };
            Taken { kib: of(|taken| taken.kib), threads: of(|taken| taken.threads), files: of(|taken| taken.files) }
        };
        let start = *samples.first()?;
        let (middle, end) = (median(&samples[quarter..2 * quarter]), median(&samples[3 * quarter..]));
        Some(Self { start, middle, end, is_long: samples.len() >= 240 })
    }

    /// Says what has grown beyond what it may: a quarter more than in the second quarter of the time, and a little.
    pub fn growth(&self) -> Vec<String> {
        if !self.is_long {
            return Vec::new();
        }
        let grown = |what: &str, middle: u64, end: u64, little: u64| {
            (end > middle + middle / 4 && end > middle + little).then(|| format!("{what} grew from {middle} to {end}"))
        };
        let memory = grown("memory in KiB", self.middle.kib, self.end.kib, 6 << 10);
        let files = grown("open files", self.middle.files, self.end.files, 20);
        let threads = grown("threads", self.middle.threads, self.end.threads, 8);
        memory.into_iter().chain(files).chain(threads).collect()
    }
}

/// Returns what is said of each kind of trouble.
pub fn troubles(kinds: impl Iterator<Item = Kind>) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(of: impl Fn(u64) -> u64) -> Vec<(u64, Taken)> {
        (0..400).map(|at| (1, Taken { kib: of(at), threads: 4, files: 30 })).collect()
    }

    #[test]
    fn memory_that_grows_all_the_time_is_told_and_memory_that_is_filled_once_is_not() {
        let leaks = Curve::of(&samples(|at| 30_000 + at * 100)).expect("a curve");
        assert_eq!(leaks.growth().len(), 1);
        let fills = Curve::of(&samples(|at| 30_000 + at.min(90) * 300)).expect("a curve");
        assert!(fills.growth().is_empty());
    }

    #[test]
    fn what_a_process_took_before_it_was_killed_is_another_matter() {
        let mut all = samples(|_| 90_000);
        all.extend(samples(|_| 30_000).into_iter().map(|(_, taken)| (3, taken)));
        assert_eq!(Curve::of(&all).expect("a curve").middle.kib, 30_000);
    }

    #[test]
    fn a_row_has_a_cell_for_each_store() {
        let mut columns = [Column::new("one"), Column::new("two")];
        columns[0].row("a", 1);
        columns[1].row("b", 2);
        assert_eq!(table(&columns), "| | one | two |\n|---|--:|--:|\n| a | 1 | – |\n| b | – | 2 |");
    }
}
