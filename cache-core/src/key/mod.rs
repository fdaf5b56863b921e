//! What a value is stored under: [`Key`], how values are written into it, and the full [`Name`] of an entry.
//!
//! A key is written from a pattern such as `"profile:<id>"`: literal text, and values in places. Within one pattern
//! two lists of values that differ never give the same key; between patterns the [mark](Key::mark) keeps records
//! apart. Keys are printable ASCII without white space, have at most 200 bytes, and read the same on every machine,
//! build and version: this table may grow, and none of its lines may change.
//!
//! | value | reads |
//! |---|---|
//! | `str`, `String`, `char` | the text, escaped: `: / , ; = & \| ? # < > %` and every byte that is not printable ASCII as `%` and two upper-case hexadecimal digits: `a:b` is `a%3Ab`, `é` is `%C3%A9` |
//! | whole numbers, `NonZero` | decimal: `42`, `-7` |
//! | `bool` | `true`, `false` |
//! | `Option` | `None` is `%none`, `Some(x)` is `x`; directly in another `Option` there is `%some` before it: `Some(None)` is `%some%none` |
//! | references, `Box`, `Rc`, `Arc`, `Cow` | what they point to |
//! | arrays, slices, `Vec`, `VecDeque`, `LinkedList`, `BTreeSet` | `<a,b,>` with a comma after each: `<>` is empty, `<,>` is one empty text |
//! | `BTreeMap` | `<k=v,k=v,>` |
//! | tuples | `<a,b>`; `()` and `PhantomData` are `<>` |
//! | struct with named fields, derived | `<author=1,page=2>` |
//! | struct with several unnamed fields, derived | `<1,2>` |
//! | struct with one unnamed field, derived | what the field is |
//! | struct without fields, derived | its name |
//! | enum, derived | `Circle`, `Circle<3>`, `Circle<radius=3>` |
//! | `Duration` | seconds, with as many digits as count: `300s`, `1.5s` |
//! | addresses | as they are shown, escaped; a `SocketAddrV6` with flow information has `#` and the number after it |
//! | `Uuid` (feature `uuid`) | 36 lower-case characters with hyphens |
//! | `NaiveDate`, `NaiveTime`, `NaiveDateTime` (feature `chrono`) | `2024-02-29`, `T030405.5`, `2024-02-29T030405.5`; a leap second has an `L` after it |
//! | `DateTime<Utc>`, `DateTime<FixedOffset>` (feature `chrono`) | `2024-02-29T030405Z`, `2024-02-29T030405Z+053000`: both in UTC |
//! | `TimeDelta` (feature `chrono`) | as `Duration`, or with `-` before it |
//!
//! Over 200 bytes a key keeps its beginning and ends in `%+` and 32 digits of the BLAKE3 digest of its whole text.
//! Nothing else can hold a `%+` there.
//!
//! A full name is `prefix:version:key`, where a colon in prefix or version is escaped; see [`Scope`].

mod address;
mod alphabet;
mod digest;
mod kept;
mod mark;
mod name;
mod part;
pub mod pattern;
mod place;
mod tag_name;
mod text;
mod type_name;
mod view;
mod writer;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub(crate) use address::{Address, HEAD, MORE, Piece, first_piece};
pub(crate) use mark::mark_of;
pub use mark::{RAW, mark, mark_within};
pub use name::{KeyFunction, Name, Scope};
pub use part::KeyPart;
pub use place::{Fields, Items, Place, Variant};
pub use tag_name::TagName;
pub(crate) use text::bytes_of;
pub use type_name::KeyName;
pub use view::{page, user_view, view};
pub use writer::KeyWriter;

use text::Text;

/// The most bytes that a key may have.
const MAX_KEY: usize = 200;

/// The text of a key, while it is needed.
pub(crate) type KeyText = Text<[u64; MAX_KEY / 8]>;

impl KeyText {
    /// Makes room for the text of a key.
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        Self::new(MAX_KEY)
    }
}

/// What a value is stored under, within its cache: at most 200 bytes, on the stack.
///
/// Two keys are equal when they read the same and come from the same pattern.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, mark};
///
/// let key = Key::write(mark("user:<name>"), |key| {
///     key.literal("user:").part("me");
/// });
/// assert_eq!(key.as_str(), "user:me");
/// assert_ne!(key, Key::from("user:me"), "a text is no pattern");
/// ```
#[derive(Clone)]
pub struct Key {
    mark: u64,
    len: usize,
    words: [u64; MAX_KEY / 8],
    /// The names of the tags that an entry written under it has.
    tags: Option<Arc<[Box<str>]>>,
}

impl Key {
    /// Writes a key under the mark of its pattern; see [`KeyWriter`] for an example.
    #[must_use]
    #[inline]
    pub fn write(mark: u64, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        let mut text = KeyText::empty();
        text.write(write);
        Self { mark, len: text.len(), words: *text.room(), tags: None }
    }

    /// Returns the key as text: printable ASCII without white space.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::from("two words").as_str(), "two%20words");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(self.as_bytes())
    }

    /// Returns the key as bytes, without looking at them.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::from("k").as_bytes(), b"k");
    /// ```
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &bytes_of(&self.words)[..self.len]
    }

    /// Returns where in this process it is looked for, in a scope where no function joins.
    pub(crate) fn address_in<'a>(&'a self, scope: &'a Scope) -> Option<Address<'a>> {
        scope.address(self.mark, &self.words, self.len)
    }

    /// Returns the words that its text is.
    #[inline]
    fn words(&self) -> &[u64] {
        &self.words[..self.len.div_ceil(8)]
    }

    /// Returns the mark of the pattern that the key was written from; [`RAW`] for a key that was given as text.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::{Key, mark};
    /// let pattern = mark("all");
    /// assert_eq!(Key::write(pattern, |key| { key.literal("all"); }).mark(), pattern);
    /// ```
    #[must_use]
    #[inline]
    pub fn mark(&self) -> u64 {
        self.mark
    }
}

impl Key {
    /// Returns the same key in a namespace, whose keys all begin so.
    pub(crate) fn behind(&self, start: &str) -> Self {
        Self::write(self.mark, |key| {
            key.push(start.as_bytes());
            key.push(self.as_bytes());
        })
    }
}

/// The tags of what is written under a key.
impl Key {
    /// Returns the key with these tags more: what is kept under it then goes when one of them is invalidated.
    ///
    /// A tag is a text like a key, and can be written like one: `key!("author:<author>")`. Tags say what is written:
    /// for reading and deleting they make no difference.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Key, Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// for post in ["post:1", "post:2"] {
    ///     cache.blocking().set(Key::from(post).tagged(["author:7", "posts"]), "text".to_owned(), Options::ttl(60))?;
    /// }
    /// larder::invalidate_tag_blocking("author:7")?;
    /// assert!(!cache.blocking().has("post:1")? && !cache.blocking().has("post:2")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn tagged(mut self, tags: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        let more = tags.into_iter().map(|tag| tag.into().as_str().into());
        self.tags = Some(self.tags().iter().cloned().chain(more).collect());
        self
    }

    /// Adds a tag that an expansion writes.
    #[doc(hidden)]
    #[must_use]
    pub fn __tag(self, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        self.tagged([Self::write(RAW, write)])
    }

    /// Returns the names of its tags.
    pub(crate) fn tags(&self) -> &[Box<str>] {
        self.tags.as_deref().unwrap_or_default()
    }
}

/// Returns as text what a writer wrote.
fn text(written: &[u8]) -> &str {
    std::str::from_utf8(written).expect("a writer that writes ASCII only")
}

/// Takes a text as a key: as it is, with white space, `%` and what is not printable ASCII escaped.
impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::write(RAW, |key| key.escape(text.as_bytes(), &alphabet::RAW))
    }
}

impl From<&String> for Key {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Key> for Key {
    fn from(key: &Key) -> Self {
        key.clone()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mark.hash(state);
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.as_str()).finish()
    }
}
