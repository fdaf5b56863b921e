//! What the errors of PostgreSQL mean.

use cache_core::error::Kind;

use crate::server::{Finding, Verdict};

/// Says what an error means, by its code.
pub(super) fn finding(code: &str, message: &str) -> Option<Finding> {
    use Verdict::{Again, NoTable, Refused, Unheard};
    Some(match code {
        // A serialisation failure, a deadlock, a lock that was not to be had in time.
        "40001" | "40P01" | "55P03" => (Again, Kind::Store, "is too busy with this entry"),
        // The session was ended, by the server or by its time limits. What has failed has done nothing.
        "57P01" | "57P02" | "57P05" => (Unheard, Kind::Store, "was stopped"),
        // It is starting up, or shutting down, or has no place left.
        "57P03" | "53300" => (Unheard, Kind::Store, "does not take connections now"),
        // A pooler has handed us a session that knows nothing of our statements.
        "26000" | "08P01" => (Unheard, Kind::Store, "has forgotten a prepared statement"),
        // It gives sessions to several who each believe to have one: what is run next may be a statement of somebody else.
        "42P05" => (
            Refused,
            Kind::Configuration,
            "is behind a pooler that mixes up prepared statements: `statement-cache-capacity=0` does without them",
        ),
        "0A000" if message.contains("cached plan") => (Unheard, Kind::Store, "has another table than before"),
        // The leader has changed: the next connection may find the new one.
        "25006" => (Unheard, Kind::Store, "can only be read here"),
        // Who may come in is said for each way in, and the words are those of the server's language.
        "28000" if message.contains("pg_hba.conf") => {
            (Refused, Kind::Configuration, "lets this user in from elsewhere only, or with an encrypted connection")
        }
        "28000" | "28P01" => (Refused, Kind::Configuration, "refuses this user or this password"),
        "3D000" => (Refused, Kind::Configuration, "has no such database"),
        "42501" => (Refused, Kind::Configuration, "does not let this user use the table"),
        "42P01" | "3F000" => (NoTable, Kind::Configuration, "has no such table"),
        "42703" | "42804" | "42P10" => (NoTable, Kind::Configuration, "has another table of this name"),
        "54000" | "22001" => (Refused, Kind::TooLarge, "has no place for a value of this size"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_whether_to_try_again_and_whose_fault_it_is() {
        let found =
            |code| finding(code, "cached plan must not change result type").map(|(verdict, kind, _)| (verdict, kind));
        assert_eq!(found("40P01"), Some((Verdict::Again, Kind::Store)));
        assert_eq!(found("57P01"), Some((Verdict::Unheard, Kind::Store)));
        assert_eq!(found("0A000"), Some((Verdict::Unheard, Kind::Store)));
        assert_eq!(found("42P01"), Some((Verdict::NoTable, Kind::Configuration)));
        assert_eq!(found("42P05"), Some((Verdict::Refused, Kind::Configuration)));
        assert_eq!(found("28P01"), Some((Verdict::Refused, Kind::Configuration)));
        let told = |message| finding("28000", message).map_or("", |(_, _, sentence)| sentence);
        assert!(told("no pg_hba.conf entry for host \"::1\", no encryption").contains("encrypted"));
        assert!(told("role \"shop\" does not exist").contains("password"));
        assert_eq!(found("23505"), None);
        assert_eq!(finding("0A000", "something else"), None);
    }
}
