//! The blog in several processes that share a store, under load and trouble, for as long as one likes; and each answer
//! compared with what was true when it was asked for. See `README.md` beside this folder.

mod fleet;
mod history;
mod judge;
mod line;
mod pages;
mod people;
mod promise;
#[path = "../../support/proxy/mod.rs"]
mod proxy;
mod random;
mod readers;
mod rude;
#[path = "../../support/servers/mod.rs"]
mod servers;
mod settings;
mod soak;
mod stores;
mod table;
mod tally;
mod troubles;
mod truth;
mod watch;
mod writers;

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use fleet::{Fleet, Node};
use readers::Reader;
use settings::{Plant, Settings};
use soak::{Part, Soak};
use stores::Store;
use table::{Column, Curve};
use writers::Writer;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The programs of a fleet: two are on axum, and one on actix-web.
const PROGRAMS: [&str; 3] = ["blog", "blog", "blog-actix"];
const READERS: u32 = 10;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether all was right.
fn run() -> Outcome<bool> {
    let settings = Settings::of(std::env::args().skip(1))?;
    if !settings.is_built {
        fleet::build()?;
    }
    let mut columns = Vec::new();
    for (store, time) in settings.shares() {
        println!("{}: {} s, seed {}", store.name(), time.as_secs(), settings.seed);
        columns.push(soak(store, time, &settings)?);
    }
    println!("\n{}\n", table::table(&columns));
    let wrong: usize = columns.iter().map(|column| column.wrong.len()).sum();
    if wrong > 0 {
        println!("wrong: {wrong}; the seed was {}", settings.seed);
    }
    Ok(wrong == 0)
}

fn soak(store: Store, time: Duration, settings: &Settings) -> Outcome<Column> {
    let folder = tempfile::Builder::new().prefix("larder-soak-").tempdir()?;
    let _janitor = fleet::goes_with_us(folder.path())?;
    let database = folder.path().join("blog.db");
    let people = people::settle(&database)?;
    let open = store.open(PROGRAMS.len(), folder.path())?;
    let nodes = PROGRAMS.iter().enumerate().map(|(number, program)| {
        let mut environment = open.environment(number);
        environment.push(("BLOG_DATABASE".to_owned(), database.display().to_string()));
        if settings.plant == Some(Plant::Prefix) && number == 0 {
            // It keeps to itself, and tells nobody what it has changed.
            environment.retain(|(name, _)| name != "LARDER_KEY_PREFIX");
            environment.push(("LARDER_KEY_PREFIX".to_owned(), "elsewhere".to_owned()));
        }
        Node::new(program, folder.path(), number, environment)
    });
    let fleet = Fleet { nodes: nodes.collect::<Outcome<_>>()? };
    for node in &fleet.nodes {
        node.start(None)?;
    }
    let soak = Soak::new(settings.seed, store.promise(), fleet, people, database);
    people::introduce(&soak.people, &soak.truth);
    for person in &soak.people {
        Writer::new(&soak, person)?.log_in()?;
    }
    let outcome = go(&soak, store, &open, time, settings);
    // It may have stopped before that: enough was wrong.
    let took = Duration::from_micros(soak.now());
    for node in &soak.fleet.nodes {
        let panics: Vec<_> = node.log().lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect();
        if !panics.is_empty() {
            soak.wrong(&format!("{} panicked: {panics:?}", node.program));
        }
    }
    outcome?;
    Ok(column(&soak, store, took))
}

/// Has everybody do their part, until the time is over.
fn go(soak: &Soak, store: Store, open: &stores::Open, time: Duration, settings: &Settings) -> Outcome<()> {
    let is_short = time < Duration::from_secs(200);
    let (pause, lasts) = if is_short { (1.5, 1.2) } else { (8.0, 3.0) };
    let (pause, lasts) = (Duration::from_secs_f64(pause), Duration::from_secs_f64(lasts));
    let rate = f64::from(settings.rate) / f64::from(READERS);
    thread::scope(|scope| {
        let mut parts = Vec::new();
        for person in soak.people.iter().filter(|person| person.part != Part::Editor) {
            let pause = if person.part == Part::Writer { 600 } else { 4_000 };
            parts.push(scope.spawn(move || Writer::new(soak, person)?.write_on(Duration::from_millis(pause))));
        }
        for number in 0..READERS {
            scope.spawn(move || Reader::new(soak, number.into()).read_on(rate));
        }
        scope.spawn(|| rude::leave(soak, Duration::from_millis(200)));
        scope.spawn(|| rude::babble(soak, Duration::from_millis(400)));
        scope.spawn(|| watch::watch(soak));
        parts.push(scope.spawn(|| troubles::make(soak, store, open, pause, lasts)));
        let begun = std::time::Instant::now();
        while begun.elapsed() < time && !soak.is_over() && parts.iter().all(|part| !part.is_finished()) {
            thread::sleep(Duration::from_millis(100));
        }
        soak.end();
        for part in parts {
            part.join().map_err(|_| "somebody panicked")??;
        }
        Ok(())
    })
}

fn column(soak: &Soak, store: Store, time: Duration) -> Column {
    let mut column = Column::new(store.name());
    let counts = soak.tally.counts();
    let ms = |moment: u64| format!("{} ms", moment / 1000);
    column.row("duration", format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60));
    column.row("processes", PROGRAMS.join(", "));
    let all: u64 = counts.requests.values().chain(counts.writes.values()).sum();
    column.row("**requests**", format!("{all}, {} a second", all / time.as_secs().max(1)));
    for (kind, count) in &counts.requests {
        column.row(format!("asked for: {kind}"), count);
    }
    for (kind, count) in &counts.writes {
        column.row(format!("written: {kind}"), count);
    }
    column.row("writes that nobody heard the end of", counts.unheard);
    for (status, count) in &counts.statuses {
        column.row(format!("answers with {status}"), count);
    }
    column.row("**answers compared with the truth**", counts.compared);
    column.row("hits", counts.hits);
    let known = soak.truth.known();
    for (kind, count) in table::troubles(known.troubles.iter().map(|trouble| trouble.kind)) {
        column.row(format!("trouble: {}", kind.name()), count);
    }
    column.row("entries that made room on the server", counts.evicted);
    column.row("answers that showed what was over when they were asked for", counts.old);
    column.row("the oldest of them, with the store well", ms(counts.oldest));
    column.row("the oldest of them, in an outage or 5 s after it", ms(counts.oldest_in_trouble));
    column.row("the slowest answer, with the store well", ms(counts.slowest));
    column.row("the slowest answer, in an outage or 5 s after it", ms(counts.slowest_in_trouble));
    column.row("the longest until each process had hits again", ms(counts.back));
    column.row("no answer, as its process was killed", counts.unanswered);
    column.row("the longest that a thread of the soak waited for its turn", ms(counts.stall));
    println!("the oldest with the store well: {}", counts.oldest_was);
    let mut wrong = counts.wrong.clone();
    for (number, samples) in &counts.taken {
        let Some(curve) = Curve::of(samples) else { continue };
        let name = PROGRAMS[*number];
        let three =
            |of: fn(&fleet::Taken) -> u64| format!("{} / {} / {}", of(&curve.start), of(&curve.middle), of(&curve.end));
        column.row(
            format!("process {number}: MiB at the start, in the middle, at the end"),
            three(|taken| taken.kib >> 10),
        );
        column.row(format!("process {number}: open files"), three(|taken| taken.files));
        column.row(format!("process {number}: threads"), three(|taken| taken.threads));
        let growth = curve.growth();
        for grown in &growth {
            eprintln!("process {number}, {name}: {grown}");
        }
        wrong.extend(growth);
    }
    column.row("**wrong**", wrong.len());
    column.wrong = wrong;
    column
}
