//! What larder is held against, on servers of Redis and Memcached, and whether it gets there.

use crate::report::Table;

/// A figure of ours, where that of those beside us is 1, and what it is to be.
#[derive(Clone)]
pub struct Aim {
    pub what: String,
    pub beside: &'static str,
    pub figure: f64,
    pub bound: Bound,
}

/// On which side of a bound a figure is to be.
#[derive(Clone, Copy)]
pub enum Bound {
    Least(f64),
    Most(f64),
}

/// One caller of Redis may wait a twentieth longer than with a client that does nothing else: a cached function writes its key,
/// and decodes.
pub const ONE: Bound = Bound::Least(1.0 / 1.05);
/// Many callers of Redis are to be served nearly as fast as by the bare client.
pub const MANY: Bound = Bound::Least(0.95);
/// Many callers of Memcached are to be served faster than by the fastest other client.
pub const FASTER: Bound = Bound::Least(1.2);
/// That is to take much less time of processors than with that client.
pub const LIGHTER: Bound = Bound::Most(0.6);
/// Entries that are asked for together are one question to a server, and come nearly as fast as by its one command for that.
pub const TOGETHER: Bound = Bound::Least(0.95);
/// A hit near may take a twentieth longer than one in memory.
pub const NEAR: Bound = Bound::Least(0.95);

impl Aim {
    fn is_missed(&self) -> bool {
        match self.bound {
            Bound::Least(least) => self.figure < least,
            Bound::Most(most) => self.figure > most,
        }
    }
}

/// Prints the table, with a word on what is missed.
pub fn print(aims: &[Aim]) {
    if aims.is_empty() {
        return;
    }
    println!("\n## What is aimed at\n");
    let mut table = Table::new(&["", "beside", "figure", "aim", ""]);
    for aim in aims {
        let bound = match aim.bound {
            Bound::Least(least) => format!("at least {least:.3}"),
            Bound::Most(most) => format!("at most {most:.3}"),
        };
        let word = if aim.is_missed() { "missed" } else { "" };
        table.row(vec![aim.what.clone(), aim.beside.into(), format!("{:.3}", aim.figure), bound, word.into()]);
    }
    table.print();
}
