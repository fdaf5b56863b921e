//! What was sent, in a request whose answer is told apart by it.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};

use crate::key::{Key, KeyPart, Place, mark};

/// What says of what kind it is. Handlers read it, so answers are told apart by it too.
pub(super) const KIND: [HeaderName; 2] = [CONTENT_TYPE, CONTENT_ENCODING];

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
