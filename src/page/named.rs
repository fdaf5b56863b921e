//! What a handler says of a request before its page is looked for.

use crate::Key;
use crate::key::{KeyPart, Place, mark};

/// By what the page of a request goes, beside its URL, and the tags that it is going to have. It stands in the extensions of
/// the request.
#[derive(Clone, Debug)]
pub(super) struct Named {
    apart: Box<str>,
    tags: Box<[Key]>,
}

impl Named {
    /// Tells pages apart by the types that a handler is generic over, and by a name, which is a tag too.
    pub(super) fn new(types: &str, name: Option<Key>, tags: impl IntoIterator<Item = Key>) -> Self {
        let apart = Key::write(mark("page-name:<types>:<name>"), |key| {
            key.part(types).literal(":").part(&name.as_ref().map(Key::as_str));
        });
        Self { apart: apart.as_str().into(), tags: name.into_iter().chain(tags).collect() }
    }

    pub(super) fn tags(&self) -> &[Key] {
        &self.tags
    }
}

impl KeyPart for Named {
    fn write_key(&self, place: Place<'_>) {
        self.apart.write_key(place);
    }
}
