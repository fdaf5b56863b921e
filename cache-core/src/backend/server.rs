//! [`Server`]: where in a store a name is.

use crate::key::{Name, RAW, Scope};
use crate::tags::fingerprint;

/// One of the servers of a store, known by what it is called: the same in all processes, whichever other servers there are.
///
/// A store that cannot tell the entries of one cache from others is cleared by a marker on each of its servers. So a store
/// of several says of each name where it is, by [`Backend::server_of`](super::Backend::server_of), and goes by two rules:
///
/// * A name that says itself on which server it belongs is put there: [`Server::said_in`]. Markers do.
/// * Of any other name, only what [`Server::deciding`] returns decides on which server it is. What a clear changes of a
///   name is no part of that: an entry has its marker on the server that it is on.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::Server;
/// use larder::key::Scope;
///
/// let servers = ["cache1:11211", "cache2:11211"].map(Server::called);
/// assert_ne!(servers[0], servers[1]);
/// let name = Scope::new("shop", "1", None)?.name(&"key".into());
/// assert_eq!(Server::said_in(&name), None, "it is where the servers agree that it is");
/// assert_eq!(Server::deciding(&name), [&b"shop:1:key"[..], b""]);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server(u64);

/// Stands before an era in a name. In no name of an entry is there a `%` before this.
pub(super) const ERA_SIGN: &[u8] = b"%~";
/// How many letters an era has.
pub(super) const ERA: usize = 11;

/// What the name of a marker that is on one of several servers begins with, behind prefix and sign.
const MARKER: &[u8] = b"era:";
/// Stands before the server in such a name.
const AT: u8 = b'@';
const DIGITS: usize = 16;

impl Server {
    /// Where everything is, in a store that is in one place.
    pub const ONLY: Self = Self(0);

    /// Returns the server that is called like this. It is the same in every version of larder.
    #[must_use]
    pub fn called(name: &str) -> Self {
        Self(fingerprint(name))
    }

    /// Returns the server that a name says it belongs on: the engine's own do, where they are about one server.
    #[must_use]
    pub fn said_in(name: &Name) -> Option<Self> {
        let (rest, digits) = name.as_bytes().split_last_chunk::<DIGITS>()?;
        if rest.last() != Some(&AT) || !name.is_reserved() || !key(rest).starts_with(MARKER) {
            return None;
        }
        let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit != b'+'))?;
        u64::from_str_radix(digits, 16).ok().map(Self)
    }

    /// Returns what of a name decides on which server it is, in two pieces: all of it but for its era.
    #[must_use]
    pub fn deciding(name: &Name) -> [&[u8]; 2] {
        let name = name.as_bytes();
        let key = key(name);
        match key.strip_prefix(ERA_SIGN).and_then(|key| key.get(ERA..)) {
            Some(rest) => [&name[..name.len() - key.len()], rest],
            None => [name, b""],
        }
    }

    /// Returns the name of what is kept about something on this server.
    pub(super) fn marker(self, scope: &Scope, of: u64) -> Name {
        scope.write(RAW, |key| {
            key.literal("era:").part(&of);
            if self != Self::ONLY {
                key.literal("@").part(&format!("{:0DIGITS$x}", self.0));
            }
        })
    }

    /// Returns a name that is on this server, and that nothing is kept under.
    pub(super) fn any_name(self) -> Name {
        self.marker(&Scope::reserved("").expect("there is room for it"), 0)
    }
}

/// Returns what is behind prefix and version.
fn key(name: &[u8]) -> &[u8] {
    let mut pieces = name.splitn(3, |byte| *byte == b':');
    pieces.nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_called_by_the_same_number_in_every_version_of_larder() {
        assert_eq!(Server::called("cache1.internal:11211"), Server(7_587_127_709_026_731_710));
        assert_ne!(Server::called(""), Server::ONLY);
    }

    #[test]
    fn a_marker_says_where_it_belongs_and_nothing_else_does() {
        let scope = Scope::reserved("shop").unwrap();
        for server in [Server(1), Server(u64::MAX), Server::called("cache1")] {
            assert_eq!(Server::said_in(&server.marker(&scope, 7)), Some(server));
            assert_eq!(Server::said_in(&server.any_name()), Some(server));
        }
        let server = Server(1).marker(&scope, 7);
        assert_eq!(server.as_str(), "shop:%=:era:7@0000000000000001");
        assert_eq!(Server::said_in(&Server::ONLY.marker(&scope, 7)), None);
        let lock = scope.write(RAW, |key| {
            key.literal("lock:").part("era:7@0000000000000001");
        });
        let entry = Scope::new("shop", "1", None).unwrap().name(&"era:7@0000000000000001".into());
        assert_eq!([Server::said_in(&lock), Server::said_in(&entry)], [None, None]);
        assert_eq!(Server::deciding(&lock).concat(), lock.as_bytes());
    }
}
