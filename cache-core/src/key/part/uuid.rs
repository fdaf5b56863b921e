//! UUIDs: 36 lower-case characters with hyphens.

use uuid::Uuid;

use super::super::{KeyPart, Place};

impl KeyPart for Uuid {
    fn write_key(&self, place: Place<'_>) {
        place.text(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
}
