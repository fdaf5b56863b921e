//! What stands on a server under one name: a payload, and behind it a version and what it is.
//!
//! It stands behind and not before, so that whoever reads cuts it off and copies nothing, and a script that asks for a version
//! alone reads nine bytes.

/// How many bytes stand behind a payload: eight of the version, and one that says what it is.
pub(super) const TRAILER: usize = 9;
/// An entry. No text ends in this byte, in UTF-8: what another program wrote is told apart.
const ENTRY: u8 = 0xE5;
/// No entry: somebody is about to fill this place.
const LEASE: u8 = 0xE6;

/// What stands behind the payload of an entry.
pub(super) fn entry(version: u64) -> [u8; TRAILER] {
    trailer(version, ENTRY)
}

/// What stands alone in a place that somebody is about to fill.
pub(super) fn lease(version: u64) -> [u8; TRAILER] {
    trailer(version, LEASE)
}

fn trailer(version: u64, kind: u8) -> [u8; TRAILER] {
    let mut trailer = [kind; TRAILER];
    trailer[..TRAILER - 1].copy_from_slice(&version.to_be_bytes());
    trailer
}

/// Returns whether this is how a name stood that was asked for its version: a ticket that we gave out, maybe.
pub(super) fn is_version(ticket: &[u8]) -> bool {
    ticket.len() == TRAILER && matches!(ticket.last(), Some(&ENTRY | &LEASE))
}

/// Returns whether these are the last bytes of a lease, from the ninth on.
pub(super) fn ends_a_lease(bytes: &[u8]) -> bool {
    bytes == [LEASE]
}

/// Returns the payload of what stood under a name. A lease is nothing; what has no trailer is another program's, and is
/// returned as it is.
pub(super) fn payload(mut stored: Vec<u8>) -> Option<Vec<u8>> {
    let payload = stored.len().checked_sub(TRAILER);
    match (stored.last(), payload) {
        (Some(&ENTRY), Some(payload)) => stored.truncate(payload),
        (Some(&LEASE), Some(_)) => return None,
        _ => {}
    }
    Some(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_what_was_written_and_a_lease_is_none() {
        let stored = [&b"value"[..], &entry(7)].concat();
        assert_eq!((stored.len(), payload(stored)), (5 + TRAILER, Some(b"value".to_vec())));
        assert_eq!(payload(entry(7).to_vec()), Some(vec![]));
        assert_eq!(payload(lease(7).to_vec()), None);
    }

    #[test]
    fn what_another_program_wrote_is_left_as_it_is() {
        for text in ["", "42", "a text that is long enough", "wörter"] {
            assert_eq!(payload(text.as_bytes().to_vec()), Some(text.as_bytes().to_vec()));
        }
        assert_eq!(payload(vec![ENTRY]), Some(vec![ENTRY]), "it is too short for a trailer");
    }

    #[test]
    fn a_ticket_is_a_version_and_what_stands_there() {
        assert!(is_version(&entry(7)) && is_version(&lease(7)) && entry(7) != lease(7));
        assert!(!is_version(b"") && !is_version(&[0; TRAILER]) && !is_version(&[&entry(7)[..], b"x"].concat()));
    }

    #[test]
    fn no_text_ends_as_ours_do() {
        assert!((0..=char::MAX as u32).filter_map(char::from_u32).all(|c| {
            let mut bytes = [0; 4];
            !matches!(c.encode_utf8(&mut bytes).as_bytes().last(), Some(&ENTRY | &LEASE))
        }));
    }
}
