//! `larder explain`: why the next call for a key will be a hit, stale or a miss.

use std::io::{self, Write};
use std::time::Duration;

use larder::explain::Miss;
use larder::{Inspected, Key, Ttl};
use serde_json::json;

use crate::arguments::Explain;
use crate::choice::{self, Choice};
use crate::ending::{Ending, Failure};
use crate::terminal::{Style, folded_behind, styled};
use crate::{interrupt, output};

/// What the next call will find.
enum Next {
    Hit(Inspected),
    Stale(Inspected),
    Miss(Miss),
}

/// Says what stands under a key, and what that is worth.
pub fn run(arguments: &Explain) -> Result<Ending, Failure> {
    let choice = choice::one(&arguments.chosen)?.outside()?;
    interrupt::hear();
    let key = output::key(&arguments.key);
    let Some(next) = interrupt::wait(find(&choice, &key, &arguments.tags), || ()) else {
        return Ok(Ending::Interrupted);
    };
    let next = next?;
    if arguments.chosen.json {
        writeln!(io::stdout(), "{:#}", next.in_json(&key))?;
    } else {
        next.write(&choice, &key)?;
    }
    Ok(if matches!(next, Next::Miss(_)) { Ending::Nothing } else { Ending::Done })
}

async fn find(choice: &Choice, key: &Key, tags: &[String]) -> Result<Next, Failure> {
    let entry = choice.cache.inspect(key).await.map_err(|error| choice.failed(&error))?;
    Ok(match entry {
        Some(entry) if entry.value.is_none() && entry.codec.is_none() => Next::Miss(Miss::Unreadable),
        Some(entry) if entry.fresh_for == Ttl::For(Duration::ZERO) => Next::Stale(entry),
        Some(entry) => Next::Hit(entry),
        None => {
            let key = key.clone().tagged(tags.iter().map(String::as_str));
            match choice.cache.why_not(&key).await {
                Miss::Away { error } => return Err(Failure::Trouble(format!("{choice}: {error}"))),
                miss => Next::Miss(miss),
            }
        }
    })
}

impl Next {
    /// Returns what a call is then, in a word, why, in another one, and in a sentence.
    fn words(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::Hit(entry) => ("hit", "fresh", format!("it is fresh {}", output::until(entry.fresh_for))),
            Self::Stale(entry) => {
                let kept = output::until(entry.kept_for);
                let says = format!(
                    "its time is over: for {} more it may be served where `stale` or `stale_if_error` says so, and else \
                     it is made anew",
                    kept.trim_start_matches("for ")
                );
                ("stale", "past", says)
            }
            Self::Miss(Miss::Absent) => {
                let says = "nothing is there: it was never kept, was removed, had to make room, or its time is over";
                ("miss", "absent", says.to_owned())
            }
            Self::Miss(miss) => ("miss", word(miss), miss.to_string()),
        }
    }

    /// Returns what to try then.
    fn hint(&self, choice: &Choice) -> Option<String> {
        Some(match self {
            Self::Miss(Miss::Absent) => format!(
                "this is {}: what other versions and prefixes keep is not there; `larder keys` lists what is, where the store has a list",
                choice.scope()
            ),
            Self::Miss(Miss::Invalidated { .. }) => {
                "it is made anew when it is asked for; when that was, the store does not note".to_owned()
            }
            Self::Miss(Miss::Unreadable) => {
                "is it encrypted? The configuration names the keys that open it; else another prefix keeps apart what \
                 others write"
                    .to_owned()
            }
            Self::Miss(Miss::TooLarge { .. }) => "`max_value_bytes` of this cache is the bound".to_owned(),
            _ => return None,
        })
    }

    fn entry(&self) -> Option<&Inspected> {
        match self {
            Self::Hit(entry) | Self::Stale(entry) => Some(entry),
            Self::Miss(_) => None,
        }
    }

    fn write(&self, choice: &Choice, key: &Key) -> io::Result<()> {
        let (next, _, says) = self.words();
        let made = self.entry().and_then(|entry| entry.age).map(|age| format!("{} ago", output::long_time(age)));
        let next = format!("{} {next}", if next == "stale" { "served" } else { "a" });
        let lines = [("next", Some(next)), ("why", Some(says)), ("made", made), ("try", self.hint(choice))];
        let mut out = io::stdout().lock();
        writeln!(out, "{}", styled(Style::Bold, key))?;
        for (word, what) in lines {
            if let Some(what) = what {
                writeln!(out, "  {}{}", styled(Style::Dim, format!("{word:<6}")), folded_behind(8, &what))?;
            }
        }
        Ok(())
    }

    fn in_json(&self, key: &Key) -> serde_json::Value {
        let (next, why, says) = self.words();
        let entry = self.entry();
        let millis = |time: Duration| output::whole(time.as_millis());
        let left = |left: Ttl| if let Ttl::For(time) = left { Some(millis(time)) } else { None };
        let tags: Vec<_> = match self {
            Self::Miss(Miss::Invalidated { tags }) => tags.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        json!({
            "key": key.as_str(),
            "next": next,
            "why": why,
            "says": says,
            "tags": tags,
            "age_ms": entry.and_then(|entry| entry.age).map(millis),
            "fresh_for_ms": entry.and_then(|entry| left(entry.fresh_for)),
            "kept_for_ms": entry.and_then(|entry| left(entry.kept_for)),
        })
    }
}

fn word(miss: &Miss) -> &'static str {
    match miss {
        Miss::Expired { .. } => "expired",
        Miss::Invalidated { .. } => "invalidated",
        Miss::Unreadable => "unreadable",
        Miss::TooLarge { .. } => "too_large",
        Miss::Doubtful => "doubtful",
        _ => "absent",
    }
}
