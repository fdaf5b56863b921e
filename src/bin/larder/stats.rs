//! `larder stats`: what can be known of caches from outside the programs that use them.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use larder::{Error, Kind};
use serde_json::{Value, json};

use crate::arguments::Stats;
use crate::choice::{self, Choice};
use crate::ending::{Ending, Failure};
use crate::table::{Side, Table};
use crate::terminal::{self, Style, folded, styled};
use crate::walk::{self, Counted, Walk};
use crate::{interrupt, output};

/// How long the keys of a cache are counted.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a store is asked, to see how fast it answers.
const ASKED: usize = 5;
/// How many entries are looked into at most, to see how large they are.
const WEIGHED: usize = 50;
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_secs(2);

/// What was seen of a cache.
struct Seen<'a> {
    choice: &'a Choice,
    answer: Answer,
}

enum Answer {
    Unseen(&'static str),
    Away(Error),
    Here { within: Duration, entries: Option<Counted>, mean_bytes: Option<u64> },
}

/// Tells what is seen, once or again and again.
pub fn run(arguments: &Stats) -> Result<Ending, Failure> {
    let all = choice::all(&arguments.chosen)?;
    interrupt::hear();
    let mut ending = look(&all, arguments, "")?;
    while arguments.watch && !interrupt::is_over() {
        interrupt::sleep(PAUSE);
        if !interrupt::is_over() {
            ending = look(&all, arguments, "\x1b[H\x1b[2J")?;
        }
    }
    // Whoever watches ends it so.
    Ok(if interrupt::is_over() && !arguments.watch { Ending::Interrupted } else { ending })
}

/// Looks at all of them; where a terminal shows it, over what it showed before.
fn look(all: &[Choice], arguments: &Stats, anew: &str) -> Result<Ending, Failure> {
    let seen: Vec<_> = all.iter().map(|choice| Seen { choice, answer: ask(choice) }).collect();
    let mut out = io::stdout().lock();
    if arguments.chosen.json {
        let caches = json!({ "caches": seen.iter().map(Seen::in_json).collect::<Vec<_>>() });
        // Whoever watches reads a line at a time.
        let text = if arguments.watch { caches.to_string() } else { format!("{caches:#}") };
        writeln!(out, "{text}")?;
    } else {
        if terminal::can_be_cleared() {
            write!(out, "{anew}")?;
        }
        write_table(&mut out, &seen)?;
    }
    out.flush()?;
    let is_away = seen.iter().any(|seen| matches!(seen.answer, Answer::Away(_)));
    Ok(if is_away { Ending::Trouble } else { Ending::Done })
}

fn ask(choice: &Choice) -> Answer {
    if let Some(why) = choice.why_unseen() {
        return Answer::Unseen(why);
    }
    let within = match answers_within(choice) {
        Ok(within) => within,
        Err(error) => return Answer::Away(error),
    };
    let entries = match walk::count(&choice.cache, "", PATIENCE, || true) {
        Ok(counted) => Some(counted),
        Err(error) if error.kind() == Kind::Unsupported => None,
        Err(error) => return Answer::Away(error),
    };
    let mean_bytes = entries.filter(|entries| entries.number > 0).and_then(|_| mean_bytes(choice).ok()?);
    Answer::Here { within, entries, mean_bytes }
}

/// Returns how long a question takes, as a rule.
fn answers_within(choice: &Choice) -> Result<Duration, Error> {
    let mut times = Vec::with_capacity(ASKED);
    for number in 0..ASKED {
        let begun = Instant::now();
        choice.cache.inspect_blocking(format!("larder:stats:{number}"))?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[ASKED / 2])
}

/// Returns how large the values of some entries are in the middle, as far as it is found out in a while: counters weigh
/// nothing, and a cache may have few entries among millions of others.
fn mean_bytes(choice: &Choice) -> Result<Option<u64>, Error> {
    let (mut walk, begun) = (Walk::new(&choice.cache, ""), Instant::now());
    let (mut looked, mut sizes) = (0, Vec::new());
    'looking: while let Some(Some(keys)) = walk.next().transpose()? {
        for key in keys {
            sizes.extend(choice.cache.inspect_blocking(&key)?.and_then(|entry| entry.bytes));
            looked += 1;
            if looked == WEIGHED || begun.elapsed() > PATIENCE {
                break 'looking;
            }
        }
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    Ok(sizes.iter().sum::<u64>().checked_div(sizes.len() as u64))
}

fn write_table(out: &mut impl Write, seen: &[Seen<'_>]) -> io::Result<()> {
    let mut table = Table::new([
        ("CACHE", Side::Left),
        ("STORE", Side::Left),
        ("ANSWERS", Side::Right),
        ("ENTRIES", Side::Right),
        ("VALUES", Side::Right),
    ]);
    for seen in seen {
        table.row(seen.cells());
    }
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    for seen in seen {
        let note = match &seen.answer {
            Answer::Away(error) => format!("away {}: {error}", seen.choice),
            Answer::Unseen(why) => format!("`{}`: {why}", seen.choice.described.name),
            Answer::Here { entries: None, .. } => format!("{}: this store cannot tell what it keeps", seen.choice),
            Answer::Here { .. } => continue,
        };
        let note = folded(&note);
        match note.strip_prefix("away") {
            Some(rest) => writeln!(out, "\n{}{rest}", styled(Style::Red, "away"))?,
            None => writeln!(out, "\n{note}")?,
        }
    }
    let hint = "Hits, misses and evictions each program counts for itself: `cache.stats()` tells them there.";
    writeln!(out, "\n{}", styled(Style::Dim, folded(hint)))
}

impl Seen<'_> {
    fn cells(&self) -> Vec<String> {
        let nothing = || "-".to_owned();
        let (answers, entries, values) = match &self.answer {
            Answer::Unseen(_) => (nothing(), nothing(), nothing()),
            Answer::Away(_) => ("no".to_owned(), nothing(), nothing()),
            Answer::Here { within, entries, mean_bytes } => {
                let number = |counted: Counted| {
                    let more = if counted.is_all { "" } else { ">" };
                    format!("{more}{}", output::grouped(counted.number))
                };
                let values = mean_bytes.map_or_else(nothing, |bytes| format!("~{} each", output::size(bytes)));
                (output::short_time(*within), entries.map_or_else(nothing, number), values)
            }
        };
        vec![self.choice.described.name.clone(), self.choice.place(), answers, entries, values]
    }

    fn in_json(&self) -> Value {
        let own = &self.choice.described;
        let mut value = json!({
            "name": own.name,
            "store": own.store,
            "addresses": own.addresses,
            "key_prefix": own.key_prefix,
            "version": own.version,
            "answers": null,
        });
        match &self.answer {
            Answer::Unseen(why) => value["unseen"] = json!(why),
            Answer::Away(error) => {
                value["answers"] = json!(false);
                value["error"] = json!(error.to_string());
            }
            Answer::Here { within, entries, mean_bytes } => {
                value["answers"] = json!(true);
                value["answers_us"] = json!(output::whole(within.as_micros()));
                value["entries"] = json!(entries.map(|entries| entries.number));
                value["entries_are_all"] = json!(entries.map(|entries| entries.is_all));
                value["mean_value_bytes"] = json!(mean_bytes);
            }
        }
        value
    }
}
