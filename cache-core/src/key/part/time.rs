//! Lengths of time.

use std::time::Duration;

use crate::key::{KeyPart, KeyWriter, Place};

impl KeyWriter<'_> {
    /// Writes the nanoseconds after a decimal point, without the zeros at the end; nothing when there are none.
    pub(super) fn fraction(&mut self, nanos: u32) {
        let (mut digits, mut width) = (u64::from(nanos), 9);
        if digits == 0 {
            return;
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            width -= 1;
        }
        self.push(b".");
        self.padded(digits, width);
    }
}

/// Seconds, with as many digits as count: `300s`, `1.5s`.
#[diagnostic::do_not_recommend]
impl KeyPart for Duration {
    fn write_key(&self, place: Place<'_>) {
        place.plain(|writer| {
            writer.padded(self.as_secs(), 1);
            writer.fraction(self.subsec_nanos());
            writer.push(b"s");
        });
    }
}
