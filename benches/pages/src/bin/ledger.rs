//! How many instructions a page takes, by callgrind: figures that do not depend on what else the machine does.
//!
//! `cargo run --profile ledger --manifest-path benches/pages/Cargo.toml [--no-default-features] --bin ledger --
//! [--write | --check | --quick]`
//!
//! Prints all candidates; with `--quick` a few. `--write` writes them to `benches/pages/ledger.md`; without the default
//! features, the lines of rivals stay as they are. `--check` measures larder's own and what they are compared with, and
//! fails when one is not what is written there; also when it is less, since what was won could be lost again unseen.
//! `ask NAME REQUESTS` is what runs under callgrind.

use std::env;
use std::fs;
use std::process::{Command, ExitCode};

use larder_page_benches::candidates::{self, BASE, NOBODY};
use larder_page_benches::report::Table;
use larder_page_benches::site::is_rival;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger.md");
const FEW: usize = 500;
const MANY: usize = 2 * FEW;
const TIMES: usize = 3;
/// In per cent. A build in another folder differs a little, for its symbols have other names and another order.
const TOLERANCE: f64 = 3.0;
/// Keeps glibc from copying and comparing with what this very processor has.
const PLAIN_COPIES: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX_Fast_Unaligned_Load,-SSE4_1,-SSSE3,-BMI2,-ERMS,-FSRM";

type Outcome<T> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        [] => measured(|_| true).and_then(|lines| page(&lines)).map(|page| print!("{page}")),
        ["--quick"] => measured(is_quick).and_then(|lines| page(&lines)).map(|page| print!("{page}")),
        ["--write"] => measured(|_| true).and_then(write),
        ["--check"] => check(),
        ["ask", name, requests] => ask(name, requests),
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

/// The instructions a request takes of one candidate.
struct Line {
    name: String,
    instructions: u64,
}

/// A few of all, to see that it runs.
fn is_quick(name: &str) -> bool {
    [NOBODY, BASE, "larder by attribute", "larder, on the route", "`axum-response-cache`, on the route"].contains(&name)
}

fn measured(wanted: impl Fn(&str) -> bool) -> Outcome<Vec<Line>> {
    let names = candidates::all().into_iter().map(|who| who.name).filter(|name| wanted(name));
    names.map(|name| Ok(Line { name: name.to_owned(), instructions: a_request(name)? })).collect()
}

/// Returns what a request takes at least: hashes are seeded at random, and so a look-up has now and then more to compare.
fn a_request(name: &str) -> Outcome<u64> {
    (0..TIMES).try_fold(u64::MAX, |least, _| Ok(least.min(a_request_once(name)?)))
}

/// Returns the difference between two runs that differ in their requests only.
fn a_request_once(name: &str) -> Outcome<u64> {
    let (few, many) = (instructions(name, FEW)?, instructions(name, MANY)?);
    Ok(((many as f64 - few as f64) / (MANY - FEW) as f64).round() as u64)
}

fn instructions(name: &str, requests: usize) -> Outcome<u64> {
    let program = env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .env("GLIBC_TUNABLES", PLAIN_COPIES)
        .arg(program)
        .args(["ask", name, &requests.to_string()])
        .output()
        .map_err(|error| {
            format!("valgrind does not run ({error}): install it, the ledger is made with its callgrind")
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected.filter(|_| output.status.success()).ok_or_else(|| format!("callgrind did not count {name}:\n{said}"))
}

/// What runs under callgrind: builds one candidate, and asks it so often.
fn ask(name: &str, requests: &str) -> Outcome<()> {
    let requests = requests.parse().map_err(|_| format!("`{requests}` is no number of requests"))?;
    let candidates = candidates::all();
    let candidate = candidates.iter().find(|candidate| candidate.name == name);
    candidate.ok_or_else(|| format!("there is no candidate {name}"))?.site().ask(requests);
    Ok(())
}

/// Returns the ledger: instructions, and the two ratios that follow from them.
fn page(lines: &[Line]) -> Outcome<String> {
    let of = |name| {
        let line = lines.iter().find(|line| line.name == name);
        line.map(|line| line.instructions as f64).ok_or_else(|| format!("there is no line {name}"))
    };
    let (nobody, base) = (of(NOBODY)?, of(BASE)?);
    let mut table = Table::new(&["a page of 4 KB", "instructions", "ratio", "net of the request"]);
    for Line { name, instructions } in lines {
        let (whole, net) = (*instructions as f64 / base, (*instructions as f64 - nobody) / (base - nobody));
        table.row(vec![name.clone(), instructions.to_string(), format!("{whole:.2}"), format!("{net:.2}")]);
    }
    Ok(format!(
        "# Instructions a page\n\nCounted by callgrind on x86-64, where libc copies without AVX, from making a request to the \
        last byte of its answer;\na request that is answered with 304 has one header more. Written by `cargo run --profile ledger --manifest-path benches/pages/Cargo.toml --bin ledger \
        -- --write`.\n\n{}",
        table.text()
    ))
}

/// Writes the ledger; rivals that were not built stay as they are.
fn write(mut now: Vec<Line>) -> Outcome<()> {
    if cfg!(not(feature = "rivals")) {
        now.extend(written()?.into_iter().filter(|line| is_rival(&line.name)));
    }
    let page = page(&now)?;
    print!("{page}");
    fs::write(LEDGER, page).map_err(|error| format!("{LEDGER}: {error}"))
}

/// Reads what the ledger says.
fn written() -> Outcome<Vec<Line>> {
    let page = fs::read_to_string(LEDGER).map_err(|error| format!("{LEDGER}: {error}; --write makes it"))?;
    let line = |row: &str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, name, instructions, _, _, _] = *cells else { return None };
        Some(Line { name: name.to_owned(), instructions: instructions.parse().ok()? })
    };
    Ok(page.lines().filter_map(line).collect())
}

/// Compares what everybody but the rivals takes now with what the ledger says.
fn check() -> Outcome<()> {
    let (mut before, now) = (written()?, measured(|name| !is_rival(name))?);
    let mut table = Table::new(&["a page of 4 KB", "written → now"]);
    let mut wrong = Vec::new();
    for Line { name, instructions: is } in now {
        let Some(at) = before.iter().position(|before| before.name == name) else {
            wrong.push(format!("{name} is not in the ledger"));
            continue;
        };
        let was = before.remove(at).instructions;
        let change = (is as f64 / was as f64 - 1.0) * 100.0;
        let cell = format!("{was} → {is} ({change:+.1} %)");
        if change.abs() > TOLERANCE {
            wrong.push(format!("{name}: {cell}"));
        }
        table.row(vec![name, cell]);
    }
    let lost = before.iter().filter(|line| !is_rival(&line.name));
    wrong.extend(lost.map(|line| format!("{} is in the ledger and nowhere else", line.name)));
    table.print();
    if wrong.is_empty() {
        println!("\nall within {TOLERANCE} % of benches/pages/ledger.md");
        return Ok(());
    }
    Err(format!(
        "\nnot within {TOLERANCE} % of benches/pages/ledger.md; if that is meant, --write it and say why:\n{}",
        wrong.join("\n")
    ))
}
