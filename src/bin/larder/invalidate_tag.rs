//! `larder invalidate-tag`: what has a tag is withdrawn.

use std::io::{self, Write};

use serde_json::json;

use crate::arguments::InvalidateTag;
use crate::ending::{Ending, Failure};
use crate::terminal::folded;
use crate::{choice, interrupt, output};

/// Withdraws tags in all stores that are meant.
pub fn run(arguments: &InvalidateTag) -> Result<Ending, Failure> {
    let all = choice::all(&arguments.chosen)?;
    let outside: Vec<_> = all.iter().filter(|choice| choice.why_unseen().is_none()).collect();
    if outside.is_empty() {
        return Err(Failure::Trouble(
            "no cache here lives outside the programs that use it: nobody can be told".to_owned(),
        ));
    }
    interrupt::hear();
    for tag in &arguments.tags {
        match interrupt::wait(larder::invalidate_tag(output::key(tag)), || ()) {
            Some(told) => told?,
            None => return Ok(Ending::Interrupted),
        }
    }
    let mut places: Vec<_> = outside.iter().map(|choice| choice.place()).collect();
    places.sort();
    places.dedup();
    let mut out = io::stdout();
    if arguments.chosen.json {
        writeln!(out, "{:#}", json!({ "tags": arguments.tags, "stores": places }))?;
    } else {
        let tags = output::names(arguments.tags.iter().map(String::as_str));
        let said = format!("{tags} withdrawn in {}: what has it is made anew when it is asked for", places.join(", "));
        writeln!(out, "{}", folded(&said))?;
    }
    Ok(Ending::Done)
}
