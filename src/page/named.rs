//! What a handler says of a request before its page is looked for.

use crate::Key;
use crate::key::KeyWriter;

/// What the arguments of a handler mean for its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Pages go by their URLs alone.
    Unnamed,
    /// By something more, which says nothing of who asks.
    Named,
    /// By who asks.
    Personal,
}

/// By what the page of a request goes, beside its URL, and the tags that it is going to have. It stands in the extensions of
/// a request whose page is made.
#[derive(Clone, Debug)]
pub struct Named {
    types: &'static str,
    name: Option<Key>,
    tags: Vec<Key>,
}

impl Named {
    /// Tells pages apart by the types that a handler is generic over, and by a name, which is a tag too.
    #[must_use]
    #[inline]
    pub fn new(types: &'static str, name: Option<Key>) -> Self {
        Self { types, name, tags: Vec::new() }
    }

    /// Returns the same with more tags. A page that is found has them already, so nobody asks for them before.
    pub(super) fn tagged(&self, tags: impl IntoIterator<Item = Key>) -> Self {
        Self { types: self.types, name: self.name.clone(), tags: tags.into_iter().collect() }
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Key> {
        self.name.iter().chain(&self.tags)
    }

    /// Writes it into a key.
    #[inline]
    pub(super) fn write(&self, key: &mut KeyWriter<'_>) {
        if !self.types.is_empty() {
            key.literal("-of:").text(self.types);
        }
        if let Some(name) = &self.name {
            // It is escaped, and not once more but for its `%`, which becomes `%25`: no name has what stands behind it.
            key.literal("-by:").rest(name.as_bytes());
            key.literal("%.");
        }
    }
}
