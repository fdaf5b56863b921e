//! The whole table: runs all that measures, and says of each figure whether what is aimed at holds.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin table -- [--quick] [--write] [--again] [NAME…]`
//!
//! Prints Markdown: in short what is aimed at, then each figure, then all tables that they were read from. What takes a
//! program that is not installed is left out, and a line says so. `--write` puts all of it where the docs show it.
//! `--quick` takes two minutes once all is built, to see that everything runs. Names pick programs, and `--again` picks
//! none: what is not run then stands as the docs have it.

mod aims;
mod docs;
mod programs;
mod sheets;
mod verdict;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use larder_benches::report::Table;

use programs::{CONFORMANCE, Program};
use verdict::Line;

const README: &str = "README.md";
const DOCS: &str = "src/docs/measured.md";
/// How the line begins that says when something was measured.
const MEASURED_ON: &str = "Measured on ";

fn main() -> ExitCode {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    let mut takes = |word: &str| names.iter().position(|name| name == word).map(|at| names.remove(at)).is_some();
    let (is_quick, is_written, is_again) = (takes("--quick"), takes("--write"), takes("--again"));
    if let Some(unknown) = names.iter().find(|name| all().all(|program| program.name != **name)) {
        let known: Vec<_> = all().map(|program| program.name).collect();
        eprintln!("there is no program `{unknown}`; there are {}, and --quick, --write and --again", known.join(", "));
        return ExitCode::FAILURE;
    }
    if is_quick && (is_written || is_again) {
        eprintln!("the docs take no figure of a quick run");
        return ExitCode::FAILURE;
    }
    let is_wanted = |program: &Program| match &*names {
        [] => !is_again,
        names => names.iter().any(|name| name == program.name),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut run = Run { root, is_quick, told: Vec::new(), left_out: Vec::new(), failed: 0 };
    all().for_each(|program| run.one(program, is_wanted(program)));
    match run.show(is_written) {
        Ok(()) if run.failed == 0 => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> impl Iterator<Item = &'static Program> {
    static ALL: [Program; 8] = programs::ALL;
    static CONFORMANCE_TOO: Program = CONFORMANCE;
    ALL.iter().chain([&CONFORMANCE_TOO])
}

struct Run {
    root: PathBuf,
    is_quick: bool,
    /// What each program printed, by its name.
    told: Vec<(&'static str, String)>,
    /// What was not measured, and why.
    left_out: Vec<String>,
    failed: usize,
}

impl Run {
    /// Runs a program, or takes from the docs what it printed before.
    fn one(&mut self, program: &'static Program, is_wanted: bool) {
        let name = program.name;
        if !is_wanted {
            let before = fs::read_to_string(self.root.join(DOCS)).ok().and_then(|page| docs::take(&page, name));
            return match before.filter(|before| !before.trim().is_empty()) {
                _ if self.is_quick => self.left_out.push(format!("{name}: not asked for")),
                Some(before) => self.tell(name, before),
                None => self.left_out.push(format!("{name}: not measured yet")),
            };
        }
        if let Some(missing) = program.missing() {
            return self.left_out.push(format!("{name}: {missing} is not installed"));
        }
        eprintln!("=== {name}");
        let began = Instant::now();
        let said = program.run(&self.root, self.is_quick);
        eprintln!("=== {name}: {} s", began.elapsed().as_secs());
        match said {
            Ok(said) => self.tell(name, format!("{}\n{}", measured_on(self.is_quick), raised(&said))),
            Err(error) => {
                self.failed += 1;
                self.left_out.push(format!("{name}: **failed**: {error}"));
            }
        }
    }

    fn tell(&mut self, name: &'static str, said: String) {
        self.left_out.extend(programs::left_out(&said));
        self.told.push((name, said));
    }

    /// Prints all of it, and writes it where the docs show it, if that is wanted.
    fn show(&self, is_written: bool) -> Result<(), String> {
        let lines = self.lines();
        let (short, whole) = (self.in_short(&lines), whole(&lines));
        println!("{short}\n{whole}");
        self.told.iter().for_each(|(_, said)| println!("{said}"));
        if !is_written {
            return Ok(());
        }
        docs::write(&self.root.join(README), &[("in short", short.clone())])?;
        let mut texts = vec![("in short", short), ("aims", whole)];
        texts.extend(self.told.iter().cloned());
        docs::write(&self.root.join(DOCS), &texts)
    }

    fn lines(&self) -> Vec<Line> {
        let all: String = self.told.iter().map(|(_, said)| &**said).collect();
        let sheets = sheets::read(&all);
        let mut lines: Vec<Line> = aims::all().iter().flat_map(|aim| verdict::lines(aim, &sheets)).collect();
        lines.extend(verdict::own(&sheets));
        lines.extend(verdict::compiled(&sheets));
        lines.extend(verdict::expansions(&self.expansions()));
        let conformance = self.told.iter().find(|(name, _)| *name == CONFORMANCE.name);
        lines.extend(verdict::conformance(&self.passed(conformance.map_or("", |(_, said)| said))));
        lines
    }

    /// Returns the table in which each thing that is measured has a line, and what was left out of it.
    fn in_short(&self, lines: &[Line]) -> String {
        let held = lines.iter().filter(|line| line.is_held()).count();
        let missed = lines.iter().filter(|line| line.is_missed()).count();
        let unknown = lines.iter().filter(|line| line.is_unknown()).count();
        let mut table = Table::new(&["what", "the worst of its figures", "beside", "ratio", "place", "aim", ""]);
        for line in verdict::in_short(lines) {
            let cells = [line.what.clone(), line.of.clone(), line.beside.clone(), line.ratio(), line.place.clone()];
            table.row([cells.to_vec(), vec![line.aim(), line.word()]].concat());
        }
        let mut text = format!(
            "{}\n\nOf what is aimed at, {held} figures hold, and {missed} are missed; {unknown} not measured.\n\n",
            self.when()
        );
        text += &table.text();
        if !self.left_out.is_empty() {
            let lines: String = self.left_out.iter().map(|line| format!("* {line}\n")).collect();
            text += &format!("\nLeft out:\n\n{lines}");
        }
        text
    }

    /// Says when and on what this was measured, in a line for each day and machine.
    fn when(&self) -> String {
        let of_all = self.told.iter().flat_map(|(_, said)| said.lines());
        let days: BTreeSet<&str> = of_all.filter(|line| line.starts_with(MEASURED_ON)).collect();
        days.into_iter().collect::<Vec<_>>().join("\n")
    }

    /// Returns how many lines the expansions have that the docs show.
    fn expansions(&self) -> Vec<(&'static str, usize)> {
        let pages = [("`#[cached]`", "src/docs/cached.md"), ("`#[cache_page]`", "src/docs/cache_page.md")];
        let lines = |path: &str| {
            let page = fs::read_to_string(self.root.join(path)).ok()?;
            let (_, shown) = page.split_once("\n# The expansion\n")?.1.split_once("```text\n")?;
            Some(shown.split_once("\n```")?.0.lines().count())
        };
        pages.into_iter().filter_map(|(of, path)| Some((of, lines(path)?))).collect()
    }

    /// Returns how many tests of HTTP caches were passed, of each profile and kind, and how many have to be.
    fn passed(&self, said: &str) -> Vec<(String, f64, f64)> {
        let floor = fs::read_to_string(self.root.join("tests/conformance/floor.json")).unwrap_or_default();
        let (mut profile, mut passed) = ("", Vec::new());
        for line in said.lines() {
            if let Some(begun) = line.strip_prefix("=== PROFILE=") {
                profile = begun.split(' ').next().unwrap_or(begun);
            }
            let words: Vec<_> = line.split_whitespace().collect();
            if let [kind @ ("required" | "optimal"), number, "of", of, ..] = *words
                && let (Some(floor), Ok(number)) = (floor_of(&floor, profile, kind), number.parse())
            {
                passed.push((
                    format!("public tests of HTTP caches, `{profile}`, {kind}: {number} of {of}"),
                    number,
                    floor,
                ));
            }
        }
        passed
    }
}

/// Returns the table in which each figure has a line.
fn whole(lines: &[Line]) -> String {
    let mut table = Table::new(&["figure", "the best beside it", "ratio", "place", "aim", ""]);
    for line in lines {
        let what = if line.of.is_empty() { line.what.clone() } else { format!("{}: {}", line.what, line.of) };
        table.row(vec![what, line.beside.clone(), line.ratio(), line.place.clone(), line.aim(), line.word()]);
    }
    table.text()
}

/// Says when and on what something was measured.
fn measured_on(is_quick: bool) -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let processor = model.map_or("an unknown processor", |(_, model)| model.trim());
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let said = |program: &str, word: &str| {
        let output = Command::new(program).arg(word).output();
        output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let (day, rustc, system) = (said("date", "+%F"), said("rustc", "--version"), std::env::consts::OS);
    let quick = if is_quick { ", in too short a time for a figure to count" } else { "" };
    format!("{MEASURED_ON}{day}, with {processors} processors ({processor}; {system}; {rustc}){quick}.")
}

/// Reads a number of `floor.json`, behind the name of its profile.
fn floor_of(floor: &str, profile: &str, kind: &str) -> Option<f64> {
    let (_, of_profile) = floor.split_once(&format!("\"{profile}\""))?;
    let (_, number) = of_profile.split_once(&format!("\"{kind}\":"))?;
    number.trim_start().split(',').next()?.trim().parse().ok()
}

/// Returns a text whose headings are those of a page of the docs.
fn raised(said: &str) -> String {
    let line = |line: &str| if line.starts_with("##") { line[1..].to_owned() } else { line.to_owned() };
    said.lines().map(line).map(|line| line + "\n").collect()
}
