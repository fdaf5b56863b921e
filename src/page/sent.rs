//! What was sent, in a request whose answer is told apart by it.

use crate::key::{Key, KeyPart, Place, mark};

/// What was sent, in a request whose answer is told apart by it.
#[derive(Clone, Debug)]
pub(super) struct Sent(Box<str>);

impl Sent {
    /// Reads it as a key does: what is long ends in a digest.
    pub(super) fn new(body: &[u8]) -> Self {
        let key = Key::write(mark("page-body:<body>"), |key| {
            key.bytes(body);
        });
        Self(key.as_str().into())
    }
}

impl KeyPart for Sent {
    fn write_key(&self, place: Place<'_>) {
        self.0.write_key(place);
    }
}
