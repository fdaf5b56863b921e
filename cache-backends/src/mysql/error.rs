//! What the errors of MariaDB and MySQL mean.

use cache_core::error::Kind;

use crate::server::{Finding, Verdict};

/// Says what an error means, by its number.
pub(super) fn finding(number: &str) -> Option<Finding> {
    use Verdict::{Again, NoTable, Refused, Unheard};
    Some(match number {
        // A deadlock, a lock that was not to be had in time, a row that changed since it was read.
        "1213" | "1205" | "1020" => (Again, Kind::Store, "is too busy with this entry"),
        // The session was ended, by the server or by its time limits. What has failed has done nothing.
        "1053" | "1927" | "1159" | "4031" => (Unheard, Kind::Store, "was stopped"),
        "1040" | "1203" | "1226" => (Unheard, Kind::Store, "does not take connections now"),
        // A pooler has handed us a session that knows nothing of our statements.
        "1243" => (Unheard, Kind::Store, "has forgotten a prepared statement"),
        // The leader has changed: the next connection may find the new one.
        "1290" | "1792" | "1836" => (Unheard, Kind::Store, "can only be read here"),
        // MariaDB says no more to who may come in encrypted only.
        "1045" | "1698" => (
            Refused,
            Kind::Configuration,
            "refuses this user or this password, or takes them on an encrypted connection only",
        ),
        "3159" => (Refused, Kind::Configuration, "takes encrypted connections only"),
        "1049" => (Refused, Kind::Configuration, "has no such database"),
        "1044" | "1142" | "1143" | "1227" => (Refused, Kind::Configuration, "does not let this user use the table"),
        "1146" => (NoTable, Kind::Configuration, "has no such table"),
        "1054" | "1136" => (NoTable, Kind::Configuration, "has another table of this name"),
        "1153" | "1301" | "1406" => (Refused, Kind::TooLarge, "has no place for a value of this size"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_whether_to_try_again_and_whose_fault_it_is() {
        let found = |number| finding(number).map(|(verdict, kind, _)| (verdict, kind));
        assert_eq!(found("1213"), Some((Verdict::Again, Kind::Store)));
        assert_eq!(found("1053"), Some((Verdict::Unheard, Kind::Store)));
        assert_eq!(found("1146"), Some((Verdict::NoTable, Kind::Configuration)));
        assert_eq!(found("1045"), Some((Verdict::Refused, Kind::Configuration)));
        assert_eq!(found("1153"), Some((Verdict::Refused, Kind::TooLarge)));
        assert_eq!(found("1062"), None);
    }
}
