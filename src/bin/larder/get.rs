//! `larder get`: what is under a key.

use std::io::{self, Write};

use larder::Inspected;

use crate::arguments::Get;
use crate::choice;
use crate::ending::{Ending, Failure};
use crate::pretty::pretty;
use crate::terminal::{Style, styled};
use crate::{interrupt, output};

/// Shows an entry.
pub fn run(arguments: &Get) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.outside()?;
    interrupt::hear();
    let key = output::key(&arguments.key);
    let Some(found) = interrupt::wait(choice.cache.inspect(&key), || ()) else { return Ok(Ending::Interrupted) };
    let Some(entry) = found.map_err(|error| choice.failed(&error))? else {
        if arguments.chosen.json {
            writeln!(io::stdout(), "null")?;
        } else {
            let scope = choice.scope();
            writeln!(io::stderr(), "there is nothing under `{key}` in {choice} ({scope}): see `larder explain {key}`")?;
        }
        return Ok(Ending::Nothing);
    };
    if arguments.chosen.json {
        writeln!(io::stdout(), "{:#}", output::entry_in_json(&key, &entry))?;
        return Ok(Ending::Done);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}", styled(Style::Bold, &key))?;
    for (word, what) in lines(&entry) {
        // The lines of a value stand below each other.
        let what = what.replace('\n', &format!("\n{:9}", ""));
        writeln!(out, "  {}{what}", styled(Style::Dim, format!("{word:<7}")))?;
    }
    Ok(Ending::Done)
}

fn lines(entry: &Inspected) -> Vec<(&'static str, String)> {
    let unreadable = || "(something that another program wrote)".to_owned();
    let made = match (entry.age, entry.cost) {
        (Some(age), Some(cost)) => Some(format!("{} ago, in {}", output::long_time(age), output::long_time(cost))),
        (Some(age), None) => Some(format!("{} ago", output::long_time(age))),
        (None, Some(cost)) => Some(format!("in {}", output::long_time(cost))),
        (None, None) => None,
    };
    let fresh = match entry.fresh_for {
        larder::Ttl::For(time) if time.is_zero() => "no more: it may be served for want of a better one".to_owned(),
        fresh => output::until(fresh),
    };
    let is_stale_later = entry.fresh_for != entry.kept_for;
    let lines = [
        ("value", Some(entry.value.as_deref().map_or_else(unreadable, pretty))),
        ("failed", entry.is_failure.then(|| "it is an error that a function returned".to_owned())),
        ("made", made),
        ("fresh", Some(fresh)),
        ("kept", is_stale_later.then(|| output::until(entry.kept_for))),
        ("size", entry.bytes.map(output::size)),
        ("codec", entry.codec.map(|codec| format!("{codec:?}"))),
    ];
    lines.into_iter().filter_map(|(word, what)| Some((word, what?))).collect()
}
