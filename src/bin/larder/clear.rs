//! `larder clear`: all entries of a cache go, or those whose keys begin alike.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use larder::Kind;
use serde_json::json;

use crate::arguments::Clear;
use crate::choice::{self, Choice};
use crate::ending::{Ending, Failure};
use crate::terminal::{self, Progress, folded};
use crate::walk::{self, Counted, Walk};
use crate::{interrupt, output};

/// How long it is counted what is about to go, or is left.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks, and removes what it was asked to.
pub fn run(arguments: &Clear) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.outside()?;
    let beginning = arguments.beginning.as_deref().filter(|beginning| !beginning.is_empty());
    let before = if arguments.everything { None } else { count(&choice, beginning)? };
    if !arguments.yes && !is_surely_empty(before) && !is_wanted(&choice, arguments, before)? {
        writeln!(io::stderr(), "nothing was removed")?;
        return Ok(Ending::Nothing);
    }
    interrupt::hear();
    let cleared = match beginning {
        _ if arguments.everything => interrupt::wait(choice.cache.clear_store(), || ()).transpose(),
        Some(beginning) => return remove(&choice, arguments, beginning, before),
        None => clear(&choice, before).transpose(),
    };
    match cleared.map_err(|error| choice.failed(&error))? {
        Some(()) => told(&choice, arguments, before),
        None => interrupted(&choice, arguments, before),
    }
}

/// Returns whether nothing can go: what could not be counted to its end may be anything.
fn is_surely_empty(before: Option<Counted>) -> bool {
    before.is_some_and(|before| before.is_all && before.number == 0)
}

/// Counts what is about to go; `None` where the store cannot tell.
fn count(choice: &Choice, beginning: Option<&str>) -> Result<Option<Counted>, Failure> {
    match walk::count(&choice.cache, beginning.unwrap_or_default(), PATIENCE, || true) {
        Ok(counted) => Ok(Some(counted)),
        Err(error) if error.kind() == Kind::Unsupported && beginning.is_none() => Ok(None),
        Err(error) => Err(choice.failed(&error)),
    }
}

/// Asks the person at the terminal.
fn is_wanted(choice: &Choice, arguments: &Clear, before: Option<Counted>) -> Result<bool, Failure> {
    if !terminal::can_ask() {
        return Err(Failure::Words("nobody can be asked here whether that is meant: write `--yes`".to_owned()));
    }
    let said = interrupt::while_asked(|| ask(choice, arguments, before))?;
    let wanted: &[&str] = if arguments.everything { &["everything"] } else { &["y", "yes"] };
    Ok(wanted.contains(&said.trim().to_lowercase().as_str()))
}

/// Says what is about to go, and returns what the person says to that.
fn ask(choice: &Choice, arguments: &Clear, before: Option<Counted>) -> io::Result<String> {
    let mut err = io::stderr();
    if arguments.everything {
        writeln!(
            err,
            "This removes EVERYTHING in {}, also what belongs to other caches and programs.",
            choice.place()
        )?;
        write!(err, "Write `everything` if that is meant: ")?;
    } else {
        let what = before.map_or_else(|| "all entries".to_owned(), |before| entries(&before));
        let which =
            arguments.beginning.as_ref().map_or_else(String::new, |start| format!(" whose keys begin with `{start}`"));
        writeln!(err, "This removes {what}{which} from {choice} ({}).", choice.scope())?;
        write!(err, "Is that meant? [y/N] ")?;
    }
    err.flush()?;
    let mut said = String::new();
    io::stdin().read_line(&mut said)?;
    Ok(said)
}

/// Clears the cache, and tells meanwhile how much is left.
fn clear(choice: &Choice, before: Option<Counted>) -> Option<Result<(), larder::Error>> {
    let (is_over, left, mut progress) = (AtomicBool::new(false), Mutex::new(None), Progress::new());
    let is_counted = before.is_some() && progress.is_seen();
    thread::scope(|threads| {
        if is_counted {
            threads.spawn(|| {
                let is_going_on = || !is_over.load(Ordering::SeqCst) && !interrupt::is_over();
                while is_going_on() {
                    let begun = Instant::now();
                    let Ok(counted) = walk::count(&choice.cache, "", PATIENCE, is_going_on) else { break };
                    *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
                    // The store has other things to do.
                    interrupt::sleep_while(begun.elapsed().max(Duration::from_millis(100)), is_going_on);
                }
            });
        }
        let cleared = interrupt::wait(choice.cache.clear(), || {
            let left = *left.lock().unwrap_or_else(PoisonError::into_inner);
            let left = left.map_or_else(String::new, |left| format!(", {} left", at_least(&left)));
            progress.tell(format!("clearing{left}…"));
        });
        is_over.store(true, Ordering::SeqCst);
        cleared
    })
}

/// Removes what has a key that begins so, some at a time.
fn remove(choice: &Choice, arguments: &Clear, beginning: &str, before: Option<Counted>) -> Result<Ending, Failure> {
    let (mut walk, mut removed, mut progress) = (Walk::new(&choice.cache, beginning), 0, Progress::new());
    let all = before.map_or_else(String::new, |before| format!(" of {}", entries(&before)));
    let is_whole = loop {
        let keys = match walk.next() {
            None => break false,
            Some(keys) => keys.map_err(|error| halfway(choice, &error, removed))?,
        };
        let Some(keys) = keys else { break true };
        let tell = || progress.tell(format!("{}{all} removed…", output::grouped(removed)));
        let Some(gone) = interrupt::wait(choice.cache.delete_many(keys), tell) else { break false };
        removed += gone.map_err(|error| halfway(choice, &error, removed))?;
    };
    progress.end();
    if !is_whole {
        let left = walk::count_left(&choice.cache, beginning, PATIENCE);
        // Some of those that were about to go may be gone too.
        let known = difference(before, left).filter(|removed| removed.is_all);
        let removed = known.unwrap_or(Counted { number: removed, is_all: false });
        return interrupted_at(choice, arguments, Some(removed), left);
    }
    if arguments.chosen.json {
        writeln!(io::stdout(), "{:#}", json!({ "removed": removed, "is_all": true }))?;
    } else {
        writeln!(io::stdout(), "{} removed from {choice}", output::many(removed, "entry", "entries"))?;
    }
    Ok(Ending::Done)
}

fn halfway(choice: &Choice, error: &larder::Error, removed: u64) -> Failure {
    let gone = output::many(removed, "entry was", "entries were");
    Failure::Trouble(format!("{choice}: {error}; at least {gone} removed before that"))
}

fn told(choice: &Choice, arguments: &Clear, before: Option<Counted>) -> Result<Ending, Failure> {
    let mut out = io::stdout();
    if arguments.chosen.json {
        writeln!(
            out,
            "{:#}",
            json!({ "removed": before.map(|before| before.number), "is_all": before.is_none_or(|before| before.is_all) })
        )?;
    } else if arguments.everything {
        writeln!(out, "{} is empty", choice.place())?;
    } else {
        let what = before.map_or_else(|| "all entries".to_owned(), |before| entries(&before));
        writeln!(out, "{}", folded(&format!("{what} removed from {choice} ({})", choice.scope())))?;
    }
    Ok(Ending::Done)
}

fn interrupted(choice: &Choice, arguments: &Clear, before: Option<Counted>) -> Result<Ending, Failure> {
    let left = walk::count_left(&choice.cache, "", PATIENCE);
    interrupted_at(choice, arguments, difference(before, left), left)
}

/// Returns how many were removed, where that is known from what was there and what is left.
fn difference(before: Option<Counted>, left: Option<Counted>) -> Option<Counted> {
    let (before, left) = (before?, left.filter(|left| left.is_all)?);
    let removed = Counted { number: before.number.saturating_sub(left.number), is_all: before.is_all };
    Some(removed).filter(|removed| removed.is_all || removed.number > 0)
}

/// Says how far it came, and what is left.
fn interrupted_at(
    choice: &Choice,
    arguments: &Clear,
    removed: Option<Counted>,
    left: Option<Counted>,
) -> Result<Ending, Failure> {
    if arguments.chosen.json {
        let number = |counted: Option<Counted>| counted.map(|counted| counted.number);
        let is_all = |counted: Option<Counted>| counted.is_some_and(|counted| counted.is_all);
        let said = json!({
            "interrupted": true,
            "removed": number(removed),
            "is_all": is_all(removed),
            "left": number(left),
            "left_is_all": is_all(left),
        });
        writeln!(io::stdout(), "{said:#}")?;
        return Ok(Ending::Interrupted);
    }
    let verb = |counted: &Counted, one: &'static str, more: &'static str| if counted.number == 1 { one } else { more };
    let gone = removed.map(|gone| format!("{} {} removed", entries(&gone), verb(&gone, "was", "were")));
    let left = left.map(|left| format!("{} {} left", at_least(&left), verb(&left, "is", "are")));
    let parts: Vec<_> = gone.into_iter().chain(left).collect();
    let how_far = if parts.is_empty() { "how far it came cannot be told".to_owned() } else { parts.join(", ") };
    writeln!(io::stderr(), "{choice}: interrupted: {how_far}")?;
    Ok(Ending::Interrupted)
}

fn entries(counted: &Counted) -> String {
    if counted.number == 0 && !counted.is_all {
        return "all entries".to_owned();
    }
    format!("{} {}", at_least(counted), if counted.number == 1 { "entry" } else { "entries" })
}

fn at_least(counted: &Counted) -> String {
    let number = output::grouped(counted.number);
    if counted.is_all { number } else { format!("at least {number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_counted_is_not_taken_for_nothing() {
        let counted = |number, is_all| Counted { number, is_all };
        assert!(is_surely_empty(Some(counted(0, true))));
        for before in [None, Some(counted(0, false)), Some(counted(1, true)), Some(counted(1, false))] {
            assert!(!is_surely_empty(before), "{before:?}");
        }
        assert_eq!(entries(&counted(0, true)), "0 entries");
        assert_eq!(entries(&counted(1, false)), "at least 1 entry");
        assert_eq!(entries(&counted(0, false)), "all entries");
    }
}
