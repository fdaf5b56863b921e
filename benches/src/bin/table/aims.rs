//! What is aimed at, all of it: each figure that is promised or that others are beaten by, and who stands beside it.
//!
//! Each column that an aim names is a line of the table. What is not in tables of this kind stands at the end.

/// A figure of ours beside those of others in the same run.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// What is measured, as people say it; the column is written behind it, where there are several.
    pub what: &'static str,
    /// The table, by the heading above it.
    pub sheet: &'static str,
    /// Its columns, by their heads; none of them are all.
    pub columns: &'static [&'static str],
    pub ours: &'static str,
    /// Who stands beside it: how the names of their lines begin. Who awaits is held against those who do.
    pub beside: &'static [&'static str],
    /// How they end.
    pub ending: &'static str,
    pub read: Read,
    pub better: Better,
    pub bound: Bound,
}

/// Which of the figures of a cell counts.
#[derive(Clone, Copy, Debug)]
pub enum Read {
    Plain,
    /// The ratio in brackets, which is a median of ratios within rounds.
    Ratio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Less,
    More,
}

/// What a figure of ours is to be, as a ratio to the best of those beside it.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Nobody is better.
    First,
    Most(f64),
    Least(f64),
    /// Nothing is promised: it is told.
    Told,
}

use Better::{Less, More};
use Bound::{First, Told};
use Read::{Plain, Ratio};

/// Caches that programs ask by a key: with a bound, and all but `foyer` with a time.
const CACHES: &[&str] =
    &["`#[cached]`", "`#[concurrent_cached]`", "`cached` sharded", "`foyer`", "`moka`", "`mini-moka`"];
/// A table with a bound, whose key is what it is and whose time was added by hand: no attribute writes its calls.
const TABLE: &[&str] = &["`quick_cache`"];
const WITH_TABLE: &[&str] =
    &["`#[cached]`", "`#[concurrent_cached]`", "`moka`", "`mini-moka`", "`quick_cache`", "`foyer`", "LRU"];
const ON_ROUTE: &[&str] = &[
    "`axum-response-cache`, on the route",
    "`tower-http-cache`, on the route",
    "`http-cache-tower-server`, on the route",
];
const AROUND: &[&str] = &["`axum-response-cache`, around", "`tower-http-cache`, around"];
const SERVERS: &[&str] = &["nginx", "Varnish", "Django"];

const HIT: Aim = Aim {
    what: "a hit",
    sheet: "One thread, uniform reads",
    columns: &[],
    ours: "larder by attribute, size and time",
    beside: CACHES,
    ending: "",
    read: Ratio,
    better: Less,
    bound: First,
};

/// Returns all aims that are held against tables, in the order in which they are told.
pub fn all() -> Vec<Aim> {
    [hits(), by_hand(), crowds(), pages(), stays(), stores()].into_iter().flatten().collect()
}

/// "First on hits among application caches"; beside a bare table, too, which is told apart.
fn hits() -> Vec<Aim> {
    let (others, both) = ("One thread, other keys, values and reads", "Two threads");
    let each = |aim: Aim| {
        [
            aim,
            Aim { sheet: others, ..aim },
            Aim { what: "hits of two threads", sheet: both, read: Plain, better: More, ..aim },
        ]
    };
    let awaited = Aim { what: "a hit, async", ours: "larder by attribute, async", ..HIT };
    let two_awaited = Aim { what: "hits of two threads, async", ..each(awaited)[2] };
    let beside_table = each(Aim { what: "a hit, beside a bare table", beside: TABLE, ..HIT });
    let two_beside_table = Aim { what: "hits of two threads, beside a bare table", ..beside_table[2] };
    let map = Aim { what: "a hit, beside a map", beside: &["`RwLock<HashMap>`"], bound: Told, ..HIT };
    let [one, other, two] = each(HIT);
    let [awaited, other_awaited, _] = each(awaited);
    let [table, other_table, _] = beside_table;
    vec![one, other, two, awaited, other_awaited, two_awaited, table, other_table, two_beside_table, map]
}

/// A hit by hand, beside one by attribute: nothing is promised, and nobody likes to pay for it.
fn by_hand() -> Vec<Aim> {
    let attribute = &["larder by attribute, size and time", "larder by attribute, async"];
    let columns = &["`u64`, 1,024", "`&str`, 1,024"];
    let lines = [
        ("`get` by hand, beside the attribute", "larder by hand"),
        ("`get` by hand, async, beside it", "larder by hand, async"),
        ("`get_or_load` by hand, beside the attribute", "larder by hand, `get_or_load`"),
        ("`get_or_load` by hand, async, beside it", "larder by hand, `get_or_load`, async"),
    ];
    lines.map(|(what, ours)| Aim { what, ours, columns, beside: attribute, bound: Told, ..HIT }).into()
}

/// "First on stampedes": one body for a crowd, whether it works or fails (I1), and nobody is served sooner.
fn crowds() -> Vec<Aim> {
    let mut aims = Vec::new();
    for (sheet, [tasks, threads]) in [
        ("the load works", ["64 tasks, one cold key", "64 threads, one cold key"]),
        ("the load fails", ["64 tasks, one load that fails", "64 threads, one load that fails"]),
    ] {
        for (what, ours) in [(tasks, "larder by attribute, async"), (threads, "larder by attribute")] {
            let columns = &["bodies", "all served after"];
            aims.push(Aim { what, sheet, columns, ours, beside: WITH_TABLE, read: Plain, ..HIT });
        }
    }
    aims
}

/// "First on page hits among application caches", and before servers; beside a table that somebody keeps pages in by
/// hand, too: without a time, `Age`, variants and conditions.
fn pages() -> Vec<Aim> {
    let [route, around, attribute] = ["larder, on the route", "larder, around the router", "larder by attribute"];
    let in_handler: &[_] = &["`quick_cache` by hand, in the handler"];
    let around_it: &[_] = &["`quick_cache` by hand, around the router"];
    let mut aims = Vec::new();
    for (sheet, columns, read) in [
        ("Instructions a page", &["instructions"] as &[_], Plain),
        ("A page in the process", &["ns a request"], Plain),
        ("A page over loopback", &["µs of its processor"], Ratio),
    ] {
        let page = |what, ours, beside| Aim { what, sheet, columns, ours, beside, read, ..HIT };
        aims.extend([
            page("a page, on the route", route, ON_ROUTE),
            page("a page, by attribute", attribute, ON_ROUTE),
            page("a page, around the router", around, AROUND),
            page("a page in the handler, beside a table by hand", attribute, in_handler),
            page("a page around the router, beside a table by hand", around, around_it),
            Aim { bound: Told, ..page("a page by attribute, beside a constant one", attribute, &["a constant page"]) },
        ]);
    }
    let sheet = "A page over loopback";
    let rate =
        |what, ours| Aim { what, sheet, columns: &["requests a second"], ours, beside: SERVERS, better: More, ..HIT };
    aims.extend([
        rate("a page by attribute, beside servers", attribute),
        rate("a page around the router, beside them", around),
    ]);
    aims
}

/// What stays, and what it weighs: nothing is promised of either but a bound.
fn stays() -> Vec<Aim> {
    let told = Aim { read: Plain, bound: Told, beside: WITH_TABLE, ..HIT };
    let weight = Aim { sheet: "What an entry weighs", ..told };
    let ratio = Aim { what: "hit ratio", sheet: "What stays", ours: "larder by hand", better: More, ..told };
    vec![
        ratio,
        Aim { what: "hit ratio, beside what foresight would keep", beside: &["optimum"], ..ratio },
        Aim {
            what: "bytes an entry, numbers",
            columns: &["with malloc's rounding"],
            ours: "larder by attribute, `u64`",
            ending: "`u64`",
            ..weight
        },
        Aim {
            what: "bytes over key and value, text",
            columns: &["over key and value"],
            ours: "larder by attribute, `&str`",
            ending: "`Box<str>`",
            ..weight
        },
    ]
}

/// A hit in a database, beside the bare question. Redis and Memcached are held against aims by their own program.
fn stores() -> Vec<Aim> {
    let sheets =
        ["PostgreSQL, one caller", "PostgreSQL, 64 callers", "MariaDB, one caller", "MariaDB, 64 callers", "SQLite"];
    let store = |sheet| Aim {
        what: sheet,
        sheet,
        columns: &["µs"],
        ours: "a function of larder's",
        beside: &["a prepared statement"],
        read: Plain,
        bound: Told,
        ..HIT
    };
    sheets.map(store).into()
}

/// What of an attribute's share of the compiler's time is held against the same by hand, in full (A12).
pub const COMPILED: [(&str, Bound); 4] = [
    ("`cargo check`", Bound::Most(1.15)),
    ("`cargo build`", Bound::Most(1.15)),
    ("`cargo check`, incremental, one body changed", Told),
    ("`cargo build --release`", Told),
];

/// How many lines an expansion may have to be seen at once (A12); the tests of the macros see to it that the docs show
/// them whole.
pub const SCREEN: usize = 64;
