//! What things are called there: words that stay the same, and in which no key stands.

use crate::explain::{Alone, Done, Kept, NotKept, Place, WhyStale, page};

pub(super) fn path(place: &Place) -> String {
    format!("{}::{}", place.module, place.name)
}

/// Says what became of what a body has returned, and by which rule it is not kept; nothing of an error, which is told when
/// the body ends.
pub(super) fn outcome(kept: &Kept) -> Option<(&'static str, Option<&'static str>)> {
    Some(match kept {
        Kept::For { .. } | Kept::Page { .. } => ("kept", None),
        Kept::Error { .. } | Kept::Not(NotKept::Failed) => return None,
        Kept::Not(NotKept::Superseded | NotKept::Invalidated { .. }) => ("superseded", None),
        Kept::Not(why) => ("not kept", Some(rule(why))),
    })
}

fn rule(why: &NotKept) -> &'static str {
    match why {
        NotKept::When => "when",
        NotKept::Absent => "not returned",
        NotKept::NoTime(_) | NotKept::Page(page::Refusal::NoTime) => "no time",
        NotKept::Discarded | NotKept::Page(page::Refusal::Discarded) => "discarded",
        NotKept::TooManyTags { .. } | NotKept::Page(page::Refusal::TooManyTags) => "too many tags",
        NotKept::TooLarge { .. } | NotKept::Page(page::Refusal::TooLarge) => "too large",
        NotKept::Unsure => "unsure",
        NotKept::Away { .. } => "store away",
        NotKept::NoTicket => "no ticket",
        NotKept::StaysHere => "stays here",
        NotKept::Null => "cache keeps nothing",
        NotKept::Alone => "for its caller alone",
        NotKept::Page(_) => "rule for pages",
        NotKept::Failed | NotKept::Superseded | NotKept::Invalidated { .. } => "none",
    }
}

/// Says what was done for a caller, and why; nothing where a body ran, which has a span.
pub(super) fn done(done: &Done) -> Option<(&'static str, Option<&'static str>)> {
    Some(match done {
        Done::Began | Done::Ran { .. } | Done::Waited { .. } | Done::Stale(_) => return None,
        Done::Beside => ("loads beside its caller", None),
        Done::TimedOut | Done::NoTimer => ("gave its body up", None),
        Done::Alone(why) => ("loads for its caller alone", Some(alone(*why))),
        Done::Shared => ("handed out what another caller has loaded", None),
        Done::TookOver => ("loads in the place of one who has left", None),
        Done::LookedAgain => ("looks again after a load from before the body that asks", None),
        Done::Ahead => ("served what is near its end", None),
        Done::Strict => ("answered with the trouble of the store", None),
        Done::Confirmed => ("a page was confirmed", None),
        Done::OnlyIfCached => ("nobody is asked for a page", None),
    })
}

fn alone(why: Alone) -> &'static str {
    match why {
        Alone::Circle => "circle",
        Alone::Changed => "changed here",
        Alone::OtherLoad => "other load",
        Alone::Unshared => "unshared",
        Alone::Older => "older",
        Alone::Outrun => "outrun",
        Alone::NotKeptLately => "not kept lately",
        Alone::Authorized => "authorized",
    }
}

pub(super) fn stale(why: WhyStale) -> &'static str {
    match why {
        WhyStale::Refreshing => "refreshing",
        WhyStale::Locked => "locked",
        WhyStale::Failed => "failed",
        WhyStale::Hushed => "hushed",
        WhyStale::Impatient => "impatient",
        WhyStale::TimedOut => "timed out",
    }
}
