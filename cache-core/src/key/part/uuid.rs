//! UUIDs: 36 lower-case characters with hyphens.

use uuid::Uuid;

use crate::key::{KeyPart, Place};

#[diagnostic::do_not_recommend]
impl KeyPart for Uuid {
    fn write_key(&self, place: Place<'_>) {
        place.text(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
}
