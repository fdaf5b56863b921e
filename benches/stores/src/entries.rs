//! What is read: as many entries as an application may be busy with at a time, in no order.

use std::sync::LazyLock;

use crate::hits;

/// How many bytes an entry has.
pub const BYTES: usize = 1024;

/// How many entries there are. A power of two.
pub const ENTRIES: u64 = 1024;

/// Returns the value of an entry, which no two share.
pub fn value(id: u64) -> String {
    format!("{id:>BYTES$}")
}

/// Returns the key of an entry, where a store has keys of its own.
pub fn key(id: u64) -> String {
    format!("profile:{id}")
}

/// Returns the entry that is asked for in the `call`th place.
pub fn asked_for(call: u64) -> u64 {
    call.wrapping_mul(0x9E37_79B9) % ENTRIES
}

/// Asks that a value is the one that was kept: it is compared with one that was made before, as making one takes half of a hit.
pub fn check(id: u64, found: &[u8]) {
    static VALUES: LazyLock<Vec<String>> = LazyLock::new(|| (0..ENTRIES).map(value).collect());
    assert_eq!(found, VALUES[hits::index(id)].as_bytes(), "the value of {id}");
}
