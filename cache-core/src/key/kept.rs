//! Keys that were kept as text, and are taken back.

use super::{Key, KeyText, MAX_KEY, RAW};

impl Key {
    /// Takes back a key that was written from the pattern of this mark, and was kept as text.
    #[doc(hidden)]
    #[must_use]
    pub fn __sealed(mark: u64, text: &str) -> Self {
        let mut room = KeyText::empty();
        // What was too long ends in its digest already, and is not to get another one.
        room.write_open(|key| key.push(text.as_bytes()));
        Self { mark, len: room.len(), words: *room.room(), tags: None }
    }

    /// Takes back what [`as_str`](Self::as_str) said of a key, of whatever pattern that was; `None` where no key reads
    /// like this.
    ///
    /// A key that is taken from a text, as by `Key::from`, has the signs escaped that a key has not: this one is read as
    /// it stands. It is that of nobody's pattern: what is under it can be looked into and removed, and not read as a
    /// value, unless it was set by hand.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::key::{Key, mark};
    ///
    /// let key = Key::write(mark("search:<words>"), |key| {
    ///     key.literal("search:").part("two words");
    /// });
    /// assert_eq!(Key::reading(key.as_str()).expect("it is one").as_str(), "search:two%20words");
    /// assert_eq!(Key::from(key.as_str()).as_str(), "search:two%2520words", "which is another one");
    /// assert_eq!(Key::reading("two words"), None);
    /// ```
    #[must_use]
    pub fn reading(text: &str) -> Option<Self> {
        Self::kept(RAW, text.as_bytes())
    }

    /// Takes back the key under a mark that reads like this; `None` where none does.
    pub(crate) fn kept(mark: u64, text: &[u8]) -> Option<Self> {
        let is_one = text.len() <= MAX_KEY && text.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(text).ok().filter(|_| is_one)?;
        Some(Self::__sealed(mark, text))
    }
}
