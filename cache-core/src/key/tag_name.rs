//! The name of a tag, kept as text: much smaller than a key, and the same again when a key is made of it.

use std::fmt;

use super::{Key, RAW};

/// The name of a tag, as it is kept with what has the tag.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::Key;
/// use larder::key::TagName;
///
/// let name = TagName::from(Key::from("two words"));
/// assert_eq!(name.as_str(), "two%20words");
/// assert_eq!(Key::from(&name), Key::from("two words"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagName(Box<str>);

impl TagName {
    /// Returns the tag whose name was once written like this by [`as_str`](Self::as_str), and kept somewhere.
    #[must_use]
    pub fn written(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// Returns the name, written as in a key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Key> for TagName {
    fn from(key: Key) -> Self {
        Self(key.as_str().into())
    }
}

impl From<&TagName> for Key {
    fn from(name: &TagName) -> Self {
        Self::__sealed(RAW, &name.0)
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
