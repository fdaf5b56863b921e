//! Runs schedules, and tells the story of one that broke something.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use larder_simulation::mutants::Mutant;
use larder_simulation::schedule;
use larder_simulation::tally::Tally;

const USAGE: &str = "\
what                         does what
--schedules N                runs N schedules, from the first seed on
--from SEED                  begins with this seed instead of 1
--threads N                  runs them on N threads instead of one
--seed SEED                  runs one, and tells its story
--mutant WORD                puts a fault into the world
--keep-going                 counts all seeds that break something, and stops at none";

struct Wishes {
    schedules: u64,
    from: u64,
    threads: u64,
    seed: Option<u64>,
    mutant: Option<Mutant>,
    keeps_going: bool,
}

fn wishes() -> Result<Wishes, String> {
    let mut wishes = Wishes { schedules: 10_000, from: 1, threads: 1, seed: None, mutant: None, keeps_going: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || {
            let said = words.next().ok_or(format!("{word} takes a number"))?;
            said.parse::<u64>().map_err(|_| format!("{said} is no number"))
        };
        match word.as_str() {
            "--schedules" => wishes.schedules = number()?,
            "--from" => wishes.from = number()?,
            "--threads" => wishes.threads = number()?.max(1),
            "--seed" => wishes.seed = Some(number()?),
            "--keep-going" => wishes.keeps_going = true,
            "--mutant" => {
                let said = words.next().unwrap_or_default();
                let known = || Mutant::ALL.map(Mutant::word).join(", ");
                wishes.mutant = Some(Mutant::of(&said).ok_or_else(|| format!("mutants are: {}", known()))?);
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(wishes)
}

fn main() -> ExitCode {
    let wishes = match wishes() {
        Ok(wishes) => wishes,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match wishes.seed {
        Some(seed) => tell(seed, wishes.mutant),
        None => run(&wishes),
    };
    if outcome { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(seed: u64, mutant: Option<Mutant>) -> bool {
    let outcome = schedule::run(seed, mutant, true);
    outcome.story.iter().for_each(|line| println!("{line}"));
    match &outcome.broken {
        Some(broken) => println!("seed {seed} breaks: {broken}"),
        None => println!("seed {seed} breaks nothing"),
    }
    outcome.broken.is_none()
}

fn run(wishes: &Wishes) -> bool {
    let (next, total, began) = (AtomicU64::new(0), Mutex::new(Tally::default()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..wishes.threads {
            scope.spawn(|| {
                let mut own = Tally::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= wishes.schedules {
                        break;
                    }
                    own.add(&schedule::run(wishes.from + number, wishes.mutant, false).tally);
                    if !own.violations.is_empty() && !wishes.keeps_going {
                        next.store(wishes.schedules, Ordering::Relaxed);
                    }
                }
                total.lock().expect("nobody panics here").add(&own);
            });
        }
    });
    let mut total = total.into_inner().expect("nobody panics here");
    total.violations.sort_unstable();
    print!("{}", total.table(began.elapsed().as_secs_f64()));
    let Some(first) = total.violations.first() else { return true };
    if wishes.keeps_going {
        let seeds: Vec<_> = total.violations.iter().take(50).map(u64::to_string).collect();
        println!("\nseeds that break something: {}", seeds.join(" "));
        return false;
    }
    println!();
    tell(*first, wishes.mutant)
}
