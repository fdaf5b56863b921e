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
        let (scope, key) = bytes.split_at(levels(name.as_str()).next().map_or(0, str::len));
        let mut text = [scope, ERA_SIGN, &letters(era), key].concat();
        if text.len() > MOST {
            text.truncate(MOST - DIGEST_SIGN.len() - DIGITS);
            text.extend_from_slice(DIGEST_SIGN);
            text.extend_from_slice(&blake3::hash(bytes).to_hex().as_bytes()[..DIGITS]);
        }
        self.0.name_read(&text).expect("it is as long as a name may be")
    }
}

/// Returns prefix and version that a name, or what it begins with, has, and that with each namespace that it is in; nothing
/// where the engine keeps something itself.
pub(super) fn levels(name: &str) -> impl Iterator<Item = &str> {
    let mut colons = name.match_indices(':').map(|(at, _)| at);
    let version = colons.next().zip(colons.next()).filter(|(first, second)| &name[first + 1..*second] != "%=");
    version.into_iter().flat_map(move |(_, second)| {
        let namespaces = name[second..].match_indices("%/").map(move |(at, sign)| second + at + sign.len());
        std::iter::once(second + 1).chain(namespaces).map(move |end| &name[..end])
    })
}

/// Returns one era for a scope and a namespace in it.
pub(super) fn joined(outer: u64, inner: u64) -> u64 {
    let hash = blake3::hash(&[outer.to_le_bytes(), inner.to_le_bytes()].concat());
    hash.as_bytes().first_chunk().copied().map_or(inner, u64::from_le_bytes)
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
