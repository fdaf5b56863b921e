//! `larder delete`: what is under some keys goes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use crate::arguments::Delete;
use crate::choice::Choice;
use crate::ending::{Ending, Failure};
use crate::{choice, interrupt, output};

/// Removes entries, and says how many there were.
pub fn run(arguments: &Delete) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.outside()?;
    interrupt::hear();
    let keys: BTreeMap<_, _> =
        arguments.keys.iter().map(|text| output::key(text)).map(|key| (key.to_string(), key)).collect();
    let asked = keys.len() as u64;
    let Some(removed) = interrupt::wait(choice.cache.delete_many(keys.into_values()), || ()) else {
        return interrupted(arguments, &choice, asked);
    };
    let removed = removed.map_err(|error| choice.failed(&error))?;
    let mut out = io::stdout();
    if arguments.chosen.json {
        writeln!(out, "{:#}", json!({ "asked": asked, "removed": removed }))?;
    } else if removed == asked {
        writeln!(out, "{} removed from {choice}", output::many(removed, "entry", "entries"))?;
    } else {
        let (removed, asked) = (output::grouped(removed), output::many(asked, "entry", "entries"));
        writeln!(
            out,
            "{removed} of {asked} removed from {choice}: of the rest there was nothing ({})",
            choice.scope()
        )?;
    }
    Ok(if removed == asked { Ending::Done } else { Ending::Nothing })
}

/// Says that nobody knows how far it came.
fn interrupted(arguments: &Delete, choice: &Choice, asked: u64) -> Result<Ending, Failure> {
    if arguments.chosen.json {
        writeln!(io::stdout(), "{:#}", json!({ "asked": asked, "removed": null }))?;
    } else {
        writeln!(io::stderr(), "{choice}: interrupted: some of them may be removed")?;
    }
    Ok(Ending::Interrupted)
}
