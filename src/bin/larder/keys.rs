//! `larder keys`: which keys there are.

use std::io::{self, Write};

use larder::Inspected;
use larder::Key;
use serde_json::json;

use crate::arguments::Keys;
use crate::choice::{self, Choice};
use crate::ending::{Ending, Failure};
use crate::terminal::{Style, styled};
use crate::walk::Walk;
use crate::{interrupt, output};

/// Lists keys as they are met: a list of millions begins at once.
pub fn run(arguments: &Keys) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.outside()?;
    interrupt::hear();
    let (mut walk, mut listed) = (Walk::new(&choice.cache, &arguments.beginning), 0);
    let most = arguments.limit.unwrap_or(u64::MAX);
    loop {
        let Some(keys) = walk.next() else { return Ok(Ending::Interrupted) };
        let Some(keys) = keys.map_err(|error| choice.failed(&error))? else { break };
        for key in keys {
            if listed == most {
                return Ok(Ending::Done);
            }
            if interrupt::is_over() {
                return Ok(Ending::Interrupted);
            }
            listed += u64::from(list(&choice, arguments, &key, listed == 0)?);
        }
        io::stdout().flush()?;
    }
    if listed > 0 {
        return Ok(Ending::Done);
    }
    let beginning = &arguments.beginning;
    let which = if beginning.is_empty() { String::new() } else { format!(" that begins with `{beginning}`") };
    if !arguments.chosen.json {
        writeln!(io::stderr(), "{choice} has no key{which} ({})", choice.scope())?;
    }
    Ok(Ending::Nothing)
}

/// Writes a line for a key, and says whether there was anything under it still.
fn list(choice: &Choice, arguments: &Keys, key: &Key, is_first: bool) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    if !arguments.long {
        if arguments.chosen.json {
            writeln!(out, "{}", json!({ "key": key.as_str() }))?;
        } else {
            writeln!(out, "{key}")?;
        }
        return Ok(true);
    }
    let entry = choice.cache.inspect_blocking(key).map_err(|error| choice.failed(&error))?;
    // It has gone meanwhile.
    let Some(entry) = entry else { return Ok(false) };
    if arguments.chosen.json {
        writeln!(out, "{}", output::entry_in_json(key, &entry))?;
        return Ok(true);
    }
    if is_first {
        writeln!(out, "{}", styled(Style::Bold, line("AGE", "LEFT", "SIZE", "KEY")))?;
    }
    writeln!(out, "{}", long(key, &entry))?;
    Ok(true)
}

fn long(key: &Key, entry: &Inspected) -> String {
    let age = entry.age.map_or_else(|| "?".to_owned(), output::short_time);
    let left = output::left(entry.kept_for);
    let size = entry.bytes.map_or_else(|| "?".to_owned(), output::size);
    line(&age, &left, &size, key.as_str())
}

/// A line of columns that are as wide as anything in them ever is, since the first is written before the last is known.
fn line(age: &str, left: &str, size: &str, key: &str) -> String {
    format!("{age:>8}  {left:>8}  {size:>9}  {key}")
}
