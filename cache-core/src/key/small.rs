//! Names as they are looked for most: made where they are used, and forgotten.

use crate::key::name::MAX_START;
use crate::key::writer::{KeyWriter, fill_small};

/// The most bytes of a small key.
const MAX: usize = 94;

/// A key that is not long, with room before it for the start of a name.
///
/// The key is written first, at a place that is known when the program is compiled, and the start is put in front of it:
/// so the compiler writes a key as it writes an array.
pub struct SmallKey {
    bytes: [u8; MAX_START + MAX],
    end: usize,
}

impl SmallKey {
    /// Makes room for a key.
    #[inline]
    pub(crate) fn new() -> Self {
        Self { bytes: [0; MAX_START + MAX], end: MAX_START }
    }

    /// Writes the key, and returns whether it is short enough for this.
    #[inline(always)]
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut KeyWriter<'_>)) -> bool {
        match fill_small(&mut self.bytes[MAX_START..], write) {
            Some(len) => {
                self.end = MAX_START + len;
                true
            }
            None => false,
        }
    }

    /// Returns the name that has this start.
    #[inline]
    pub(super) fn behind(&mut self, start: &Start) -> &[u8] {
        // As long as any start can be, which is known when this is compiled.
        self.bytes[..MAX_START].copy_from_slice(&start.bytes);
        &self.bytes[start.begin..self.end]
    }
}

/// What every name of a scope starts with, at the end of its room.
#[derive(Clone)]
pub(super) struct Start {
    bytes: [u8; MAX_START],
    begin: usize,
}

impl From<&[u8]> for Start {
    fn from(start: &[u8]) -> Self {
        let mut bytes = [0; MAX_START];
        let begin = MAX_START - start.len();
        bytes[begin..].copy_from_slice(start);
        Self { bytes, begin }
    }
}

impl Start {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.begin..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Scope;

    #[test]
    fn a_small_key_becomes_the_name_that_a_key_becomes() {
        for prefix in ["", "shop", &"x".repeat(48)] {
            let scope = Scope::new(prefix, "", None).unwrap();
            for len in [0, 1, 80, 94] {
                let text = "k".repeat(len);
                let write = |key: &mut KeyWriter<'_>| {
                    key.text(&text);
                };
                let mut small = SmallKey::new();
                assert!(small.write(write));
                assert_eq!(scope.complete(&mut small), Some(scope.write(0, write).as_bytes()));
            }
        }
        let fits = SmallKey::new().write(|key| {
            key.text(&"k".repeat(95));
        });
        assert!(!fits);
    }

    #[test]
    fn a_function_that_joins_is_never_passed_over() {
        let scope = Scope::new("", "", Some(|_, _, key, out| out.write_str(key))).unwrap();
        assert_eq!(scope.complete(&mut SmallKey::new()), None);
    }
}
