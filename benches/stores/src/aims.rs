//! What larder is held against, on servers of Redis and Memcached, and whether it gets there.

use crate::report::Table;

/// A figure, and what it is to be at the least: our rate, where that of those beside us is 1.
pub struct Aim {
    pub what: String,
    pub beside: &'static str,
    pub rate: f64,
    pub least: f64,
}

/// One caller may wait a twentieth longer than with a client that does nothing else: a cached function writes its key, and decodes.
pub const ONE: f64 = 0.95;
/// Many at once are to be served as fast as by the fastest other client.
pub const MANY: f64 = 1.0;
/// Entries that are asked for together are to come as fast as by the one command that there is for it.
pub const TOGETHER: f64 = 1.0;
/// A hit near may take a twentieth longer than one in memory.
pub const NEAR: f64 = 0.95;

/// Prints the table, with a word on what is missed.
pub fn print(aims: &[Aim]) {
    if aims.is_empty() {
        return;
    }
    println!("\n## What is aimed at\n");
    let mut table = Table::new(&["", "beside", "rate", "at least", "time", "at most", ""]);
    for Aim { what, beside, rate, least } in aims {
        let figures = [*rate, *least, 1.0 / rate, 1.0 / least].map(|figure| format!("{figure:.2}"));
        let word = if rate < least { "missed" } else { "" };
        table.row([&[what.clone(), (*beside).to_owned()][..], &figures, &[word.to_owned()]].concat());
    }
    table.print();
}
