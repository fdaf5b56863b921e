//! How the names of entries are spelled that have an era.

use super::super::super::server::{ERA, ERA_SIGN};
use crate::error::Error;
use crate::key::{Name, Scope};

/// Stands before the digest of a name that is too long with it.
const DIGEST_SIGN: &[u8] = b"%-";
const DIGITS: usize = 32;
const MOST: usize = 250;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Makes names of any text.
pub(super) struct Spelling(Scope);

impl Spelling {
    pub(super) fn new() -> Result<Self, Error> {
        Scope::new("", "", Some(|_, _, key, name| name.write_str(key))).map(Self)
    }

    /// Returns a name with its era behind prefix and version. Where that is too long, a digest of the name is its end. What is
    /// there but for the era is the same in each.
    pub(super) fn name(&self, name: &Name, era: u64) -> Name {
        let bytes = name.as_bytes();
        let (scope, key) = bytes.split_at(end_of_version(bytes).unwrap_or_default());
        let (era, mut room) = (letters(era), [0; MOST]);
        let parts = [scope, ERA_SIGN, &era, key];
        let spelled = if let Some(text) = joined_in(&mut room, parts) {
            self.0.name_read(text)
        } else {
            let mut text = parts.concat();
            text.truncate(MOST - DIGEST_SIGN.len() - DIGITS);
            text.extend_from_slice(DIGEST_SIGN);
            text.extend_from_slice(&blake3::hash(bytes).to_hex().as_bytes()[..DIGITS]);
            self.0.name_read(&text)
        };
        spelled.expect("it is as long as a name may be")
    }
}

/// Writes parts one behind the other; `None` where there is no room for them.
fn joined_in<'a>(room: &'a mut [u8; MOST], parts: [&[u8]; 4]) -> Option<&'a [u8]> {
    let mut end = 0;
    for part in parts {
        room.get_mut(end..end + part.len())?.copy_from_slice(part);
        end += part.len();
    }
    Some(&room[..end])
}

/// Returns prefix and version that a name, or what it begins with, has, and that with each namespace that it is in; nothing
/// where the engine keeps something itself.
pub(super) fn levels(name: &str) -> impl Iterator<Item = &str> {
    let mut end = end_of_version(name.as_bytes());
    // By hand: each hit asks for this, and the patterns of the standard library take longer than the rest of it.
    std::iter::from_fn(move || {
        let level = &name[..end?];
        let inner = name.as_bytes()[level.len()..].windows(2).position(|two| two == b"%/");
        end = inner.map(|at| level.len() + at + 2);
        Some(level)
    })
}

/// Returns where prefix and version end; `None` where the engine keeps something itself.
fn end_of_version(name: &[u8]) -> Option<usize> {
    let colon = |from: usize| name[from..].iter().position(|byte| *byte == b':').map(|at| from + at);
    let first = colon(0)?;
    let second = colon(first + 1)?;
    (&name[first + 1..second] != b"%=").then_some(second + 1)
}

/// Returns one era for what is inside of something that has one, or of nothing.
pub(super) fn inside(outer: Option<u64>, own: u64) -> u64 {
    outer.map_or(own, |outer| joined(outer, own))
}

/// Returns one era for a scope and a namespace in it.
pub(super) fn joined(outer: u64, inner: u64) -> u64 {
    let hash = blake3::hash(&[outer.to_le_bytes(), inner.to_le_bytes()].concat());
    hash.as_bytes().first_chunk().copied().map_or(inner, u64::from_le_bytes)
}

/// Returns one era for what is in levels that have these, outermost first.
pub(super) fn of_all(eras: impl IntoIterator<Item = u64>) -> u64 {
    eras.into_iter().reduce(joined).unwrap_or_default()
}

fn letters(era: u64) -> [u8; ERA] {
    std::array::from_fn(|at| LETTERS[usize::from((era >> (6 * at)).to_le_bytes()[0]) % LETTERS.len()])
}

#[cfg(test)]
mod tests {
    use super::super::super::super::Server;
    use super::*;

    fn name(key: &str) -> Name {
        Scope::new("shop", "1", None).unwrap().name(&key.into())
    }

    #[test]
    fn a_name_is_in_its_scope_and_in_each_of_its_namespaces() {
        let levels = |name| levels(name).collect::<Vec<_>>();
        assert_eq!(levels("shop:1:key"), ["shop:1:"]);
        assert_eq!(levels("shop:1:a%/b:c%/key"), ["shop:1:", "shop:1:a%/", "shop:1:a%/b:c%/"]);
        assert_eq!(levels("::a%/"), ["::", "::a%/"]);
        assert_eq!((levels("shop:%=:tag:7"), levels("shop"), levels("shop:1")), (vec![], vec![], vec![]));
    }

    #[test]
    fn what_decides_on_the_server_of_a_name_is_not_its_era() {
        let spelling = Spelling::new().unwrap();
        for key in ["key", "", &"k".repeat(180), &"k".repeat(181), &"k".repeat(199)] {
            let [one, other] = [1, u64::MAX].map(|era| spelling.name(&name(key), era));
            assert_eq!(Server::deciding(&one).concat(), Server::deciding(&other).concat());
        }
        assert_eq!(Server::deciding(&spelling.name(&name("key"), 7)).concat(), b"shop:1:key");
    }

    #[test]
    fn names_of_one_era_are_told_apart_and_so_are_eras_however_long_the_names_are() {
        let spelling = Spelling::new().unwrap();
        assert_eq!(spelling.name(&name("key"), 0).as_str(), "shop:1:%~AAAAAAAAAAAkey");
        let long = |end: &str| format!("{}{end}", "k".repeat(199));
        let keys = ["key", "ke", "", &long("a"), &long("b"), &long(""), &"k".repeat(180), &"k".repeat(181)];
        let names = keys.map(name);
        let spelled: Vec<_> =
            names.iter().flat_map(|name| [1, 2, u64::MAX].map(|era| spelling.name(name, era))).collect();
        for (at, name) in spelled.iter().enumerate() {
            assert!(name.as_bytes().len() <= MOST && name.as_str().starts_with("shop:1:%~"), "{name}");
            assert!(!spelled[..at].contains(name), "{name}");
        }
    }
}
