//! How many instructions a hit takes, by callgrind: figures that do not depend on what else the machine does.
//!
//! `cargo run --profile ledger --manifest-path benches/Cargo.toml [--no-default-features] --bin ledger --
//! [--write | --check | --quick]`
//!
//! Prints all candidates; with `--quick` a few. `--write` writes them to `benches/ledger.md`; without the default
//! features it is built in an eighth of the time, and leaves the lines of rivals as they are. `--check` measures
//! larder's own, and fails when one is not what is written there; also when it is less, since what was won could be
//! lost again unseen. System calls count as nothing, and the clock is one under valgrind: the figures are for
//! comparing, not for converting to time.
//!
//! What they depend on is the same everywhere, as far as it can be: the profile has one unit of code, so that nothing is
//! inlined or not for what stands beside it, the least of some runs counts, and libc copies as on any x86-64.

use std::env;
use std::fs;
use std::process::{Command, ExitCode};

use larder_benches::entries::{Names, Numbers};
use larder_benches::hits::{self, Candidate, Full, Picks, is_ours};
use larder_benches::report::Table;
use larder_benches::{Effort, install};

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger.md");
const FEW: usize = 10_000;
const MANY: usize = 110_000;
const TIMES: usize = 3;
/// In per cent. A build in another folder has differed by 1.4, for its symbols have other names and another order.
const TOLERANCE: f64 = 3.0;
/// Keeps glibc from copying and comparing with what this very processor has: by AVX a hit by hand takes a fifth less.
const PLAIN_COPIES: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX_Fast_Unaligned_Load,-SSE4_1,-SSSE3,-BMI2,-ERMS,-FSRM";
/// Too slow to be worth a wait, or without a time; and what goes the way of `get` by hand where it finds something.
const LEFT_OUT: [&str; 4] = ["hitbox", "mini-moka", "foyer", "`get_or_load`"];

type Outcome<T> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        [] => measured(|_| true).map(|lines| print!("{}", page(&lines))),
        ["--quick"] => measured(is_quick).map(|lines| print!("{}", page(&lines))),
        ["--write"] => measured(|_| true).and_then(write),
        ["--check"] => check(),
        ["read", cell, name, hits] => read(cell, name, hits),
        _ => Err("the arguments are --write, --check, --quick, or none".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The instructions a hit of one candidate takes.
struct Line {
    name: String,
    number: u64,
    text: u64,
}

/// A few of all, to see that it runs.
fn is_quick(who: &Candidate) -> bool {
    ["`RwLock", "larder by attribute, size", "larder by hand"].iter().any(|few| who.name.starts_with(few))
}

/// Measures the candidates that are wanted.
fn measured(wanted: impl Fn(&Candidate) -> bool) -> Outcome<Vec<Line>> {
    let candidates = hits::candidates::<Numbers>();
    let kept = candidates.iter().filter(|who| wanted(who) && !LEFT_OUT.iter().any(|out| who.name.contains(out)));
    let line = |who: &Candidate| {
        let (number, text) = (a_hit("u64", who.name)?, a_hit("str", who.name)?);
        Ok(Line { name: who.name.to_owned(), number, text })
    };
    kept.map(line).collect()
}

/// Returns what a hit takes at least: copies and comparisons take a few instructions more where the stack of a run lies
/// otherwise.
fn a_hit(cell: &str, name: &str) -> Outcome<u64> {
    (0..TIMES).try_fold(u64::MAX, |least, _| Ok(least.min(a_hit_once(cell, name)?)))
}

/// Returns the difference between two runs that differ in their hits only.
fn a_hit_once(cell: &str, name: &str) -> Outcome<u64> {
    let (few, many) = (instructions(cell, name, FEW)?, instructions(cell, name, MANY)?);
    let hits = (MANY - FEW) as f64;
    Ok(((many as f64 - few as f64) / hits).round() as u64)
}

fn instructions(cell: &str, name: &str, hits: usize) -> Outcome<u64> {
    let program = env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .env("GLIBC_TUNABLES", PLAIN_COPIES)
        .arg(program)
        .args(["read", cell, name, &hits.to_string()])
        .output()
        .map_err(|error| {
            format!("valgrind does not run ({error}): install it, the ledger is made with its callgrind")
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected.filter(|_| output.status.success()).ok_or_else(|| format!("callgrind did not count {name}:\n{said}"))
}

/// What runs under callgrind: fills one candidate, and reads it so often.
fn read(cell: &str, name: &str, hits: &str) -> Outcome<()> {
    install(Effort::Quick);
    let hits = hits.parse().map_err(|_| format!("`{hits}` is no number of hits"))?;
    match cell {
        "u64" => read_cell::<Numbers>(name, hits),
        "str" => read_cell::<Names>(name, hits),
        _ => Err(format!("there is no cell `{cell}`")),
    }
}

fn read_cell<C: Full>(name: &str, hits: usize) -> Outcome<()> {
    let candidates = hits::candidates::<C>();
    let candidate = candidates.iter().find(|candidate| candidate.name == name);
    let reader = candidate.ok_or_else(|| format!("there is no candidate {name}"))?.fill(C::ENTRIES);
    // As many numbers in both runs, so that making them cancels out.
    reader.read(&Picks::Uniform.list(C::ENTRIES, MANY, 0)[..hits]);
    Ok(())
}

fn page(lines: &[Line]) -> String {
    let mut table = Table::new(&["1,024 entries of `Arc<str>`, one thread, uniform reads", "`u64`", "`&str`"]);
    for Line { name, number, text } in lines {
        table.row(vec![name.clone(), number.to_string(), text.to_string()]);
    }
    format!(
        "# Instructions a hit\n\nCounted by callgrind on x86-64, where libc copies without AVX; written by \
        `cargo run --profile ledger --manifest-path benches/Cargo.toml --bin ledger -- --write`.\n\n{}",
        table.text()
    )
}

/// Writes the ledger; rivals that were not built stay as they are.
fn write(mut now: Vec<Line>) -> Outcome<()> {
    if cfg!(not(feature = "rivals")) {
        let measured: Vec<String> = now.iter().map(|line| line.name.clone()).collect();
        now.extend(written()?.into_iter().filter(|line| !is_ours(&line.name) && !measured.contains(&line.name)));
    }
    let page = page(&now);
    print!("{page}");
    fs::write(LEDGER, page).map_err(|error| format!("{LEDGER}: {error}"))
}

/// Reads what the ledger says.
fn written() -> Outcome<Vec<Line>> {
    let page = fs::read_to_string(LEDGER).map_err(|error| format!("{LEDGER}: {error}; --write makes it"))?;
    Ok(lines(&page))
}

/// Reads the lines of a ledger again.
fn lines(page: &str) -> Vec<Line> {
    let line = |row: &str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, name, number, text, _] = *cells else { return None };
        Some(Line { name: name.to_owned(), number: number.parse().ok()?, text: text.parse().ok()? })
    };
    page.lines().filter_map(line).collect()
}

/// Compares what larder's own take now with what the ledger says.
fn check() -> Outcome<()> {
    let (mut before, now) = (written()?, measured(Candidate::is_ours)?);
    let mut table = Table::new(&["written → now", "`u64`", "`&str`"]);
    let mut wrong = Vec::new();
    for line in now {
        let Some(at) = before.iter().position(|before| before.name == line.name) else {
            wrong.push(format!("{} is not in the ledger", line.name));
            continue;
        };
        let before = before.remove(at);
        let mut cells = vec![line.name.clone()];
        for (was, is) in [(before.number, line.number), (before.text, line.text)] {
            let change = (is as f64 / was as f64 - 1.0) * 100.0;
            cells.push(format!("{was} → {is} ({change:+.1} %)"));
            if change.abs() > TOLERANCE {
                wrong.push(format!("{}: {was} → {is} ({change:+.1} %)", line.name));
            }
        }
        table.row(cells);
    }
    let lost = before.iter().filter(|line| is_ours(&line.name));
    wrong.extend(lost.map(|line| format!("{} is in the ledger and nowhere else", line.name)));
    table.print();
    if wrong.is_empty() {
        println!("\nall within {TOLERANCE} % of benches/ledger.md");
        return Ok(());
    }
    Err(format!(
        "\nnot within {TOLERANCE} % of benches/ledger.md; if that is meant, --write it and say why:\n{}",
        wrong.join("\n")
    ))
}
