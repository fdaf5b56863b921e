//! [`Scope`] and [`Name`]: whose key it is, and the full name of an entry.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use ahash::RandomState;
use once_cell::sync::Lazy;

use crate::error::Error;
use crate::key::address::{Address, HEAD, Piece};
use crate::key::text::{Text, bytes_of};
use crate::key::{Key, KeyText, KeyWriter, MAX_KEY, RAW, alphabet, text};

/// The most bytes that prefix and version may have together, escapes counted.
const MAX_SCOPE: usize = 48;
/// The most bytes of a full name: Memcached's limit, and what prefix, version, two colons and a key come to.
const MAX_NAME: usize = MAX_START + MAX_KEY;
/// The most bytes that a name can start with before its key.
const MAX_START: usize = MAX_SCOPE + 2;
/// What stands in the place of a version where the engine itself keeps something.
const RESERVED: &[u8] = b"%=";
/// How many words the start of a name has room in.
const START_WORDS: usize = (MAX_START + RESERVED.len()).div_ceil(8);
/// How many a key has room in, or a whole name where a function joins.
const NAME_WORDS: usize = MAX_NAME.div_ceil(8);

type NameText = Text<[u64; NAME_WORDS]>;

/// Joins prefix, version and key into the full name of an entry.
///
/// Prefix and version come as they were configured, the key as it reads. What is written is escaped where no server
/// would take it, and ends in a digest over 250 bytes. Two keys for which it writes the same name are one entry.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, KeyFunction, Scope};
///
/// let join: KeyFunction = |prefix, version, key, name| write!(name, "{prefix}/v{version}/{key}");
/// let scope = Scope::new("shop", "1", Some(join))?;
/// assert_eq!(scope.name(&Key::from("profile:42")).as_str(), "shop/v1/profile:42");
/// # Ok::<(), larder::Error>(())
/// ```
pub type KeyFunction = fn(prefix: &str, version: &str, key: &str, out: &mut dyn fmt::Write) -> fmt::Result;

/// Whose keys they are: the prefix and version of a cache, and how they are joined with a key.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, Scope};
///
/// let scope = Scope::new("shop", "1", None)?;
/// assert_eq!(scope.name(&Key::from("profile:42")).as_str(), "shop:1:profile:42");
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Scope(Arc<Whose>);

/// What all keys of a scope have in common.
struct Whose {
    /// What every name starts with, `prefix:version:`, both escaped; at the end of its room.
    start: [u64; START_WORDS],
    start_len: usize,
    joining: Option<Joining>,
    /// Seeded anew in each process, and by the start: whoever chooses keys must not be able to choose their places.
    hasher: RandomState,
}

/// Another way to join, with what it needs.
struct Joining {
    function: KeyFunction,
    prefix: String,
    version: String,
}

impl Scope {
    /// Makes the scope of a prefix and a version, both possibly empty.
    ///
    /// A colon in either is escaped, so that prefix `a:1` with `k` never meets prefix `a` with `1:k`.
    ///
    /// # Errors
    ///
    /// When prefix and version have more than 48 bytes together, escapes counted.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::key::Scope;
    ///
    /// assert_eq!(Scope::new("a:1", "", None)?.text(), Some("a%3A1::"));
    /// assert!(Scope::new(&"x".repeat(49), "", None).is_err());
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn new(prefix: &str, version: &str, key_function: Option<KeyFunction>) -> Result<Self, Error> {
        let joining = key_function.map(|function| Joining { function, prefix: prefix.into(), version: version.into() });
        let version_in = |start: &mut KeyWriter<'_>| start.escape(version.as_bytes(), &alphabet::SCOPE);
        Self::written(prefix, version_in, MAX_START, joining).ok_or_else(|| too_long(prefix, version))
    }

    /// Makes the scope of what the engine itself keeps beside the entries of a prefix, in whatever version those are.
    ///
    /// # Errors
    ///
    /// When the prefix has more than 48 bytes, escapes counted.
    pub(crate) fn reserved(prefix: &str) -> Result<Self, Error> {
        // In no version is there a `%` before anything but two digits.
        let sign = |start: &mut KeyWriter<'_>| start.push(RESERVED);
        Self::written(prefix, sign, MAX_START + RESERVED.len(), None).ok_or_else(|| too_long(prefix, ""))
    }

    /// Makes the scope whose names start like this; `None` where that is too long.
    fn written(
        prefix: &str,
        version: impl FnOnce(&mut KeyWriter<'_>),
        most: usize,
        joining: Option<Joining>,
    ) -> Option<Self> {
        let written = NameText::written(MAX_NAME, |start| {
            start.escape(prefix.as_bytes(), &alphabet::SCOPE);
            start.push(b":");
            version(start);
            start.push(b":");
        });
        let (text, start_len) = (written.bytes(), written.len());
        if start_len > most {
            return None;
        }
        let mut start = [0; START_WORDS];
        let at = size_of_val(&start) - start_len;
        bytemuck::must_cast_slice_mut::<_, u8>(&mut start)[at..].copy_from_slice(text);
        // Where a function joins, its names are all that tells scopes apart.
        let hasher = hasher(if joining.is_some() { b"" } else { text }, &SEEDS);
        Some(Self(Arc::new(Whose { start, start_len, joining, hasher })))
    }

    /// Returns the full name of a key.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, Scope};
    /// let name = Scope::new("", "2", None)?.name(&Key::from("k"));
    /// assert_eq!(name.as_str(), ":2:k");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn name(&self, key: &Key) -> Name {
        match &self.0.joining {
            Some(joining) => self.joined(joining, key.mark(), key.as_str()),
            None => Name::new(self, key.mark(), key.words(), key.as_bytes().len()),
        }
    }

    /// Writes the full name of a key without a detour over the [`Key`].
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, Scope};
    /// let scope = Scope::new("shop", "1", None)?;
    /// let name = scope.write(7, |key| { key.literal("k:").part(&1); });
    /// assert_eq!(name, scope.name(&Key::write(7, |key| { key.literal("k:").part(&1); })));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn write(&self, mark: u64, write: impl FnOnce(&mut KeyWriter<'_>)) -> Name {
        let mut key = KeyText::empty();
        key.write(write);
        self.name_of(mark, &key)
    }

    /// Returns the full name of the key that reads like this.
    pub(crate) fn name_of(&self, mark: u64, key: &KeyText) -> Name {
        match &self.0.joining {
            Some(joining) => self.joined(joining, mark, text(key.bytes())),
            None => Name::new(self, mark, key.words(), key.len()),
        }
    }

    /// Returns what every name of this scope, and no name of another, starts with; `None` when a key function joins.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Scope;
    /// assert_eq!(Scope::new("shop", "1", None)?.text(), Some("shop:1:"));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.joining.is_none().then_some(self.start())
    }

    fn start(&self) -> &str {
        let bytes = bytes_of(&self.0.start);
        text(&bytes[bytes.len() - self.0.start_len..])
    }

    /// Returns where the entry of a key of so many bytes is looked for inside the process; `None` where a function joins.
    #[inline(always)]
    pub(crate) fn address<'a>(&'a self, mark: u64, room: &'a [u64], len: usize) -> Option<Address<'a>> {
        if self.0.joining.is_some() { None } else { Some(Address::new(self, mark, room, len)) }
    }

    /// Returns the name that reads like this, without its pattern; `None` where that is none of this scope.
    pub(crate) fn name_read(&self, name: &[u8]) -> Option<Name> {
        let key = match &self.0.joining {
            Some(_) => name,
            None => name.strip_prefix(self.start().as_bytes())?,
        };
        let mut words = [0; NAME_WORDS];
        bytemuck::must_cast_slice_mut::<_, u8>(&mut words).get_mut(..key.len())?.copy_from_slice(key);
        Some(Name::new(self, RAW, &words, key.len()))
    }

    #[inline(always)]
    pub(super) fn hash(&self, head: Piece, rest: &[u64]) -> u64 {
        let mut hasher = self.0.hasher.build_hasher();
        // Two words at once: half as many multiplications that wait for the one before them.
        let mut both = |[first, second]: Piece| hasher.write_u128(u128::from(second) << 64 | u128::from(first));
        let (pieces, last) = rest.as_chunks::<HEAD>();
        both(head);
        for piece in pieces {
            both(*piece);
        }
        for word in last {
            hasher.write_u64(*word);
        }
        hasher.finish()
    }

    #[cold]
    fn reads_like(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    /// Returns the name that the key function writes; where that fails, the usual one.
    fn joined(&self, Joining { function, prefix, version }: &Joining, mark: u64, key: &str) -> Name {
        let mut written = Ok(());
        let mut name = NameText::written(MAX_NAME, |writer| {
            written = function(prefix, version, key, &mut Printable(writer));
        });
        if written.is_err() {
            name = NameText::new(MAX_NAME);
            name.write_open(|writer| {
                writer.push(self.start().as_bytes());
                writer.push(key.as_bytes());
            });
        }
        Name::new(self, mark, name.words(), name.len())
    }
}

/// Two scopes are equal when their keys are the same keys. Where functions join, names alone tell entries apart, and so all
/// such scopes are equal.
impl PartialEq for Scope {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.reads_like(other)
    }
}

impl Eq for Scope {}

impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

/// What all hashers of this process are seeded with.
static SEEDS: Lazy<RandomState> = Lazy::new(RandomState::new);

/// Returns a hasher for the keys of a scope, the same whenever it is asked for.
fn hasher(start: &[u8], seeds: &RandomState) -> RandomState {
    let seed = |number: u8| seeds.hash_one((number, start));
    RandomState::with_seeds(seed(0), seed(1), seed(2), seed(3))
}

/// Takes what a key function writes as it is, but for what no server takes.
struct Printable<'a, 'b>(&'a mut KeyWriter<'b>);

impl fmt::Write for Printable<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.escape(text.as_bytes(), &alphabet::LITERAL);
        Ok(())
    }
}

fn too_long(prefix: &str, version: &str) -> Error {
    let sentence = format!(
        "prefix {prefix:?} and version {version:?} may have {MAX_SCOPE} bytes together (a colon, a percent sign and \
         what is not printable ASCII count three): shorten them"
    );
    Error::configuration(sentence)
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("start", &self.start()).field("key_function", &self.0.joining.is_some()).finish()
    }
}

/// The full name of an entry, of at most 250 bytes, on the stack: what a store keeps a record under.
///
/// Two names are equal when they read the same and come from the same pattern. See [`Scope`] for an example.
#[derive(Clone)]
pub struct Name {
    mark: u64,
    scope: Scope,
    /// The start, ending where the key begins, which is where a word begins; and nothing but zeros behind the key.
    words: [u64; START_WORDS + NAME_WORDS],
    key_len: usize,
}

impl Name {
    /// Makes the name of a key that has these words, and so many bytes.
    fn new(scope: &Scope, mark: u64, key: &[u64], key_len: usize) -> Self {
        let mut words = [0; START_WORDS + NAME_WORDS];
        words[..START_WORDS].copy_from_slice(&scope.0.start);
        words[START_WORDS..][..key.len()].copy_from_slice(key);
        Self { mark, scope: scope.clone(), words, key_len }
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns where its entry is looked for inside the process.
    pub(crate) fn address(&self) -> Address<'_> {
        Address::new(&self.scope, self.mark, &self.words[START_WORDS..], self.key_len)
    }

    /// Returns the name as text: printable ASCII without white space.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, Scope};
    /// # let scope = Scope::new("shop", "1", None)?;
    /// assert_eq!(scope.name(&Key::from("k")).as_str(), "shop:1:k");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(self.as_bytes())
    }

    /// Returns the name as bytes, without looking at them.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, Scope};
    /// # let scope = Scope::new("shop", "1", None)?;
    /// assert_eq!(scope.name(&Key::from("k")).as_bytes(), b"shop:1:k");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        let start_len = if self.scope.0.joining.is_some() { 0 } else { self.scope.0.start_len };
        let key_at = size_of::<[u64; START_WORDS]>();
        &bytes_of(&self.words)[key_at - start_len..key_at + self.key_len]
    }

    /// Returns the mark of the pattern that the key was written from.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, RAW, Scope};
    /// # let scope = Scope::new("shop", "1", None)?;
    /// assert_eq!(scope.name(&Key::from("k")).mark(), RAW);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn mark(&self) -> u64 {
        self.mark
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mark.hash(state);
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Name {
    /// Returns whether it is the engine's own, and not an entry's: a marker, which may be lost without harm.
    #[doc(hidden)]
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.as_bytes().split(|byte| *byte == b':').nth(1) == Some(RESERVED)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Name").field(&self.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn scope(prefix: &str, version: &str) -> Scope {
        Scope::new(prefix, version, None).unwrap()
    }

    #[test]
    fn a_colon_in_the_prefix_does_not_move_into_the_version_or_the_key() {
        let names = [
            scope("a:1", "").name(&"k".into()),
            scope("a", "1").name(&"k".into()),
            scope("a", "").name(&"1:k".into()),
            scope("", "a:1").name(&"k".into()),
            scope("", "a").name(&"1:k".into()),
            scope("", "").name(&"a:1:k".into()),
            scope("a%3A1", "").name(&"k".into()),
        ];
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].iter().any(|other| other.as_bytes() == name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_scope_may_have_48_bytes_and_not_49() {
        assert!(Scope::new(&"x".repeat(40), &"1".repeat(8), None).is_ok());
        assert!(Scope::new(&"x".repeat(40), &"1".repeat(9), None).is_err());
        assert!(Scope::new(&"ü".repeat(8), "", None).is_ok());
        let error = Scope::new(&"ü".repeat(9), "", None).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(Scope::new(&"x".repeat(500), "", None).is_err());
    }

    #[test]
    fn what_the_engine_keeps_for_itself_begins_like_no_entry() {
        for prefix in ["", "shop", "x", &"x".repeat(48)] {
            let reserved = Scope::reserved(prefix).unwrap();
            let text = reserved.text().unwrap();
            assert_eq!(text, format!("{prefix}:%=:"));
            for version in ["", "%=", "%", "=", "1"] {
                if let Ok(scope) = Scope::new(prefix, version, None) {
                    assert!(!text.starts_with(scope.text().unwrap()), "{version}");
                }
            }
            let name = reserved.name(&"key".into());
            assert_eq!(name.as_str(), format!("{prefix}:%=:key"));
        }
        assert!(Scope::reserved(&"x".repeat(49)).is_err());
    }

    #[test]
    fn the_longest_name_has_250_bytes() {
        let scope = scope(&"x".repeat(48), "");
        let name = scope.name(&Key::from("k".repeat(200)));
        assert_eq!(name.as_bytes().len(), 250);
        let name = scope.write(0, |key| {
            key.text(&"k".repeat(201));
        });
        assert!(name.as_bytes().len() <= 250);
    }

    #[test]
    fn writing_in_one_go_gives_the_same_name_for_short_and_long_keys() {
        for (scope, len) in [("", 1), ("shop", 199), ("shop", 200), ("shop", 201), ("shop", 900)] {
            let (scope, value) = (self::scope(scope, "2"), "ä".repeat(len / 2));
            let write = |key: &mut KeyWriter<'_>| {
                key.literal("k:").part(&value);
            };
            assert_eq!(scope.write(7, write), scope.name(&Key::write(7, write)), "{len}");
        }
    }

    #[test]
    fn hashes_differ_between_scopes_and_between_processes_and_nowhere_else() {
        let hash = |hasher: RandomState| hasher.hash_one(7);
        let seeds = [(); 2].map(|()| RandomState::new());
        assert_eq!(hash(hasher(b"a", &seeds[0])), hash(hasher(b"a", &seeds[0])));
        assert_ne!(hash(hasher(b"a", &seeds[0])), hash(hasher(b"b", &seeds[0])));
        assert_ne!(hash(hasher(b"a", &seeds[0])), hash(hasher(b"a", &seeds[1])));
        assert_ne!(hash(SEEDS.clone()), hash(RandomState::new()));
        let name = |scope: &Scope| scope.name(&"key".into()).address().hash();
        assert_eq!(name(&scope("a", "1")), name(&scope("a", "1")));
        assert_ne!(name(&scope("a", "1")), name(&scope("a", "2")));
    }

    #[test]
    fn a_key_is_looked_for_in_one_place_whether_it_is_written_given_or_named() {
        let scope = scope("shop", "1");
        for len in 0..=200 {
            let text = "k".repeat(len);
            let mut written = KeyText::empty();
            written.write(|key| _ = key.text(&text));
            let (key, name) = (Key::from(&text), scope.name(&Key::from(&text)));
            let written = scope.address(RAW, written.room(), written.len()).unwrap();
            for other in [key.address_in(&scope).unwrap(), name.address()] {
                assert_eq!(
                    (other.hash(), other.head, other.rest),
                    (written.hash(), written.head, written.rest),
                    "{len}"
                );
            }
        }
    }

    #[test]
    fn names_of_one_text_and_two_patterns_differ() {
        let scope = scope("", "");
        let (one, two) = (scope.write(1, |_| ()), scope.write(2, |_| ()));
        assert_eq!(one.as_bytes(), two.as_bytes());
        assert_ne!(one, two);
    }

    fn slashes(prefix: &str, version: &str, key: &str, out: &mut dyn fmt::Write) -> fmt::Result {
        write!(out, "{prefix}/v{version}/{key}")
    }

    #[test]
    fn a_key_function_replaces_the_joining() {
        let scope = Scope::new("a:b", "2", Some(slashes)).unwrap();
        assert_eq!(scope.text(), None);
        assert_eq!(scope.name(&"user:me".into()).as_str(), "a:b/v2/user:me");
        let written = scope.write(9, |key| {
            key.literal("k:").part("x y");
        });
        assert_eq!((written.as_str(), written.mark()), ("a:b/v2/k:x%20y", 9));
    }

    #[test]
    fn what_a_key_function_writes_is_made_safe_for_every_server() {
        fn wild(_: &str, _: &str, key: &str, out: &mut dyn fmt::Write) -> fmt::Result {
            write!(out, "a b\n{key}{}", "é".repeat(key.len()))
        }
        let scope = Scope::new("", "", Some(wild)).unwrap();
        assert_eq!(scope.name(&"k".into()).as_str(), "a%20b%0Ak%C3%A9");
        let long = scope.name(&"k".repeat(100).into());
        assert!(long.as_bytes().len() <= 250 && long.as_str().contains("%+"), "{long}");
    }

    #[test]
    fn a_key_function_that_gives_the_key_back_keeps_digests_as_they_are() {
        fn key_alone(_: &str, _: &str, key: &str, out: &mut dyn fmt::Write) -> fmt::Result {
            out.write_str(key)
        }
        let key = Key::from("k".repeat(300));
        assert_eq!(Scope::new("", "", Some(key_alone)).unwrap().name(&key).as_str(), key.as_str());
    }

    #[test]
    fn a_key_function_that_fails_leaves_the_usual_name() {
        fn failing(_: &str, _: &str, _: &str, out: &mut dyn fmt::Write) -> fmt::Result {
            out.write_str("half")?;
            Err(fmt::Error)
        }
        let scope = Scope::new("a", "1", Some(failing)).unwrap();
        assert_eq!(scope.name(&"k".into()).as_str(), "a:1:k");
        let (prefix, key) = ("p".repeat(48), Key::from("k".repeat(300)));
        let [usual, failing] = [None, Some(failing as KeyFunction)].map(|join| Scope::new(&prefix, "", join).unwrap());
        assert_eq!(failing.name(&key).as_str(), usual.name(&key).as_str(), "also as long as a name can be");
    }
}
