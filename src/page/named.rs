//! What a handler says of a request before its page is looked for.

use crate::Key;
use crate::key::{KeyPart, Place};

/// By what the page of a request goes, beside its URL, and the tags that it is going to have. It stands in the extensions of
/// the request.
#[derive(Clone, Debug)]
pub(super) struct Named {
    name: Key,
    tags: Box<[Key]>,
}

impl Named {
    pub(super) fn new(name: Key, tags: impl IntoIterator<Item = Key>) -> Self {
        Self { name, tags: tags.into_iter().collect() }
    }

    pub(super) fn tags(&self) -> &[Key] {
        &self.tags
    }
}

impl KeyPart for Named {
    fn write_key(&self, place: Place<'_>) {
        self.name.as_str().write_key(place);
    }
}
