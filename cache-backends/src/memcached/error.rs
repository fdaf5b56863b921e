//! What the answers of a server mean that nobody hoped for.

use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::answer::{Refusal, Said};

/// Says what an answer means that is none to what was asked.
pub(super) fn unexpected(server: &str, said: &Said) -> Error {
    let (kind, what) = match said {
        Said::Refused(Refusal::Unauthenticated) => {
            (Kind::Configuration, "refuses this user or this password, or wants one")
        }
        Said::Refused(Refusal::Unknown) => {
            (Kind::Configuration, "does not know the meta commands: it is to be Memcached 1.6 or later")
        }
        Said::Refused(Refusal::NoFlush) => (Kind::Configuration, "was started with `-F`: nobody may empty it"),
        Said::Refused(Refusal::Cannot(words)) => {
            return Error::new(Kind::Store, format!("{server} cannot do it: {words}"));
        }
        Said::Refused(Refusal::NoNumber | Refusal::TooLarge) | Said::Value(..) | Said::Done(_) => {
            (Kind::Store, "answers another question")
        }
        Said::Nothing | Said::NotStored | Said::Changed | Said::Well => (Kind::Store, "answers another question"),
    };
    Error::new(kind, format!("{server} {what}"))
}

/// Says that a server takes less than it was said to take.
pub(super) fn takes_less(server: &str, name: &Name, bytes: usize) -> Error {
    let sentence = format!(
        "the value for `{name}` has {bytes} bytes, and {server} takes less: `max_value` is to be what `-I` says there"
    );
    Error::new(Kind::TooLarge, sentence)
}

/// Says that others were faster each time.
pub(super) fn too_busy(name: &Name) -> Error {
    Error::new(Kind::Store, format!("`{name}` is changed by others all the time"))
}

/// Says that a server numbers no changes.
pub(super) fn no_cas(server: &str) -> Error {
    Error::new(
        Kind::Configuration,
        format!("{server} was started with `-C`, and cannot tell changes apart: start it without"),
    )
}
