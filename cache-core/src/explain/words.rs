//! How a story reads.

use std::fmt::{self, Display};
use std::time::Duration;

use super::time::Time;
use super::{
    Alone, Asked, Done, Found, Kept, Level, Miss, NotKept, Place, Story, TagName, Unasked, WhoSays, Whom, WhyStale,
};
use crate::policy::Ttl;

impl Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        self.asked.iter().for_each(|asked| asked.write(0, &mut lines));
        match self.left_out {
            0 if lines.is_empty() => lines.push("no cache was asked for anything".to_owned()),
            0 => {}
            more => lines.push(format!("and {more} more, for which there was no room here")),
        }
        f.write_str(&lines.join("\n"))
    }
}

impl Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        self.write(0, &mut lines);
        f.write_str(&lines.join("\n"))
    }
}

impl Asked {
    fn write(&self, depth: usize, lines: &mut Vec<String>) {
        let space = " ".repeat(4 * depth);
        lines.push(format!("{space}{}", self.title()));
        lines.push(format!("{space}  {}", self.found));
        let done = self.done.iter().map(ToString::to_string);
        let done: Vec<_> = done.chain(self.kept.iter().map(ToString::to_string)).collect();
        if !done.is_empty() {
            lines.push(format!("{space}  {}", done.join(", ")));
        }
        self.inside.iter().for_each(|asked| asked.write(depth + 1, lines));
    }

    fn title(&self) -> String {
        let Self { key, cache, .. } = self;
        match (&self.place, self.is_page) {
            (Some(Place { name, file, line, .. }), false) => {
                format!("{key}, of `{name}` ({file}:{line}), in `{cache}`")
            }
            (Some(Place { name, file, line, .. }), true) => {
                format!("{key}, a page of `{name}` ({file}:{line}), in `{cache}`")
            }
            (None, false) => format!("{key}, by hand, in `{cache}`"),
            (None, true) => format!("{key}, a page of a layer, in `{cache}`"),
        }
    }
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("nobody knows what is there: its caller has not been told, or has left"),
            Self::Fresh { level, age, left } => {
                write!(f, "a hit {level}")?;
                ages(f, *age, *left)
            }
            Self::Ahead { level, age, left } => {
                write!(f, "a hit {level}, to be loaded anew before it ends")?;
                ages(f, *age, *left)
            }
            Self::Early { level, age, left } => {
                write!(f, "a hit {level}, to be loaded anew before it ends, by chance")?;
                ages(f, *age, *left)
            }
            Self::Stale { level, past } => {
                write!(f, "stale {level}: past its time by {}, good while it is loaded anew", Time(*past))
            }
            Self::Spare { level, past } => {
                write!(f, "stale {level}: past its time by {}, good only if loading it anew fails", Time(*past))
            }
            Self::Miss(miss) => write!(f, "a miss: {miss}"),
            Self::Unasked(why) => write!(f, "not looked for: {why}"),
        }
    }
}

fn ages(f: &mut fmt::Formatter<'_>, age: Option<Duration>, left: Option<Ttl>) -> fmt::Result {
    let age = age.map(|age| format!("{} old", Time(age)));
    let left = left.and_then(|left| match left {
        Ttl::Default => None,
        Ttl::Forever => Some("kept for ever".to_owned()),
        Ttl::For(left) => Some(format!("{} left", Time(left))),
    });
    let said: Vec<_> = age.into_iter().chain(left).collect();
    if said.is_empty() { Ok(()) } else { write!(f, ": {}", said.join(", ")) }
}

impl Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "in memory",
            Self::Near => "near",
            Self::Store => "in the store",
        })
    }
}

impl Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "nothing is there: it was never kept, was removed, or had to make room",
            Self::Expired { ago } => return write!(f, "its time was over {} ago", Time(*ago)),
            Self::Invalidated { tags } => return cut(f, tags),
            Self::OtherPattern => "what stands there was kept under another pattern of keys",
            Self::OtherType => "what stands there is of another type, or was kept before its type was changed",
            Self::KeptError => "an error is kept there, and no value",
            Self::Unreadable => "what stands there cannot be read: another program wrote it, or another key or codec",
            Self::TooLarge { bytes } => {
                return write!(f, "what stands there has {bytes} bytes, more than this cache takes");
            }
            Self::Away { error } => return write!(f, "the store did not answer: {error}"),
            Self::Doubtful => "what is on its way there was invalidated",
            Self::Null => "this cache keeps nothing",
            Self::Anew => "nobody looked: it was to be loaded anew",
            Self::Page(unusable) => return unusable.fmt(f),
        })
    }
}

fn cut(f: &mut fmt::Formatter<'_>, tags: &[TagName]) -> fmt::Result {
    match tags {
        [] => f.write_str("a tag of it was invalidated"),
        [TagName::Unnamed { fingerprint }] => {
            write!(f, "a tag was invalidated whose name nobody here has said ({fingerprint:016x})")
        }
        [tag] => write!(f, "its {tag} was invalidated"),
        tags => write!(f, "it was invalidated by the {}", names(tags)),
    }
}

fn names(tags: &[TagName]) -> String {
    tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(", the ")
}

impl Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "tag `{name}`"),
            Self::Namespace(name) => write!(f, "namespace `{name}`"),
            Self::Unnamed { fingerprint } => write!(f, "tag {fingerprint:016x}"),
        }
    }
}

impl Display for Unasked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CacheOff => f.write_str("the cache is switched off"),
            Self::PlaceOff => f.write_str("the function is switched off"),
            Self::NoCache { error } => f.write_str(error),
            Self::Joined => f.write_str("somebody else was at it already"),
            Self::Page(pass) => pass.fmt(f),
        }
    }
}

impl Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Began => "its body began, and had not ended",
            Self::Ran { took, failed: false } => return write!(f, "loaded in {}", Time(*took)),
            Self::Ran { took, failed: true } => return write!(f, "failed in {}", Time(*took)),
            Self::Beside => "goes on beside its caller",
            Self::TimedOut => "its body was given up after its time limit",
            Self::NoTimer => "its body was not run, since there is no timer for its time limit",
            Self::Alone(alone) => return alone.fmt(f),
            Self::Waited { whom, took } => return write!(f, "waited {} for {whom}", Time(*took)),
            Self::Shared => "was handed what somebody else has loaded",
            Self::TookOver => "took over, since whoever loaded it has left or it was invalidated",
            Self::LookedAgain => "looked again, since that began before the body that asks",
            Self::Stale(why) => return write!(f, "served stale: {why}"),
            Self::Ahead => "served while somebody loads it anew",
            Self::Strict => "answered with the trouble of the store, as `strict` says",
            Self::Confirmed => "confirmed by its handler",
            Self::OnlyIfCached => "answered without asking the handler: `only-if-cached`",
        })
    }
}

impl Display for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circle => "alone, since waiting would have been waiting for itself",
            Self::Changed => "alone, since this work has invalidated it and has not committed yet",
            Self::OtherLoad => "alone, since the load under way is of another pattern or type",
            Self::Unshared => "alone, since what the other load came to cannot be shared",
            Self::Older => "alone, since the other load, like one before it, may find what is older than what is kept",
            Self::Outrun => "alone, since it was invalidated while another process was waited for",
            Self::Authorized => "alone, since the request has `Authorization`",
            Self::NotKeptLately => "alone, since the last pages of this URL were not to be kept",
        })
    }
}

impl Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "another caller's load",
            Self::Process => "another process",
        })
    }
}

impl Display for WhyStale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refreshing => "somebody else loads it anew",
            Self::Locked => "another process loads it anew",
            Self::Failed => "loading it anew failed",
            Self::Hushed => "loading it anew came to nothing a moment ago, and nobody tries again yet",
            Self::Impatient => "loading it anew takes longer than `soft_timeout`",
            Self::TimedOut => "loading it anew took longer than `hard_timeout`",
        })
    }
}

impl Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |f: &mut fmt::Formatter<'_>, tags: &[TagName]| match tags {
            [] => Ok(()),
            tags => write!(f, " with the {}", names(tags)),
        };
        match self {
            Self::For { time, tags } => {
                match time {
                    Some(time) => write!(f, "kept for {}", Time(*time))?,
                    None => f.write_str("kept for ever")?,
                }
                with(f, tags)
            }
            Self::Error { time } => write!(f, "the error is kept for {}", Time(*time)),
            Self::Page { time, tags } => {
                write!(f, "to be kept for {}, once it is sent", Time(*time))?;
                with(f, tags)
            }
            Self::Not(why) => write!(f, "not kept: {why}"),
        }
    }
}

impl Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::When => "its condition says no (`when`)",
            Self::Absent => "its body did not return it, and it has no `none_ttl`",
            Self::NoTime(who) => return write!(f, "its time is zero, as {who} says"),
            Self::Discarded => "its body has discarded it",
            Self::TooManyTags { limit } => return write!(f, "what it was made of has more than {limit} tags"),
            Self::Failed => "it is an error",
            Self::TooLarge { bytes, limit: Some(limit) } => {
                return write!(f, "it has {bytes} bytes, and {limit} is the most");
            }
            Self::TooLarge { bytes, limit: None } => {
                return write!(f, "it has {bytes} bytes, more than the store takes");
            }
            Self::Superseded => "it was invalidated or written while it was being read",
            Self::Invalidated { tags } => {
                cut(f, tags)?;
                return f.write_str(" while it was being read");
            }
            Self::Unsure => "nobody can tell whether a tag that its body has told was invalidated meanwhile",
            Self::Away { error } => return write!(f, "the store did not take it: {error}"),
            Self::NoTicket => "the store could not be asked before its body ran",
            Self::StaysHere => "it cannot leave this process",
            Self::Null => "this cache keeps nothing",
            Self::Alone => "it was for its caller alone",
            Self::Page(refusal) => return refusal.fmt(f),
        })
    }
}

impl Display for WhoSays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "its body",
            Self::TtlWith => "`ttl_with`",
            Self::Place => "its time to live",
            Self::Cache => "its cache",
        })
    }
}
