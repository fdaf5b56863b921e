//! Marks: what a record carries to say which pattern its key was written from.

/// The mark of keys that were given as text and not written from a pattern.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, RAW};
///
/// assert_eq!(Key::from("anything").mark(), RAW);
/// ```
pub const RAW: u64 = 0;

/// Returns the mark of a pattern: the same for the same text on every machine, build and version, and never [`RAW`].
///
/// Two sites whose keys read the same still never read each other's values, because their marks differ.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::mark;
///
/// assert_ne!(mark("user:<name>"), mark("user:me"));
/// ```
#[must_use]
pub const fn mark(pattern: &str) -> u64 {
    match mixed(fnv_1a(pattern.as_bytes())) {
        RAW => 1,
        mark => mark,
    }
}

const fn fnv_1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// Spreads the difference of two hashes over all bits (the finish of `SplitMix64`, a bijection).
const fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_in_every_version() {
        assert_eq!(mark("profile:<id>"), 0x9f9b_5050_fb57_4c2f);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8, "the published test vector");
    }

    #[test]
    fn the_mark_of_raw_keys_is_never_produced() {
        assert_ne!(mark(""), RAW);
        assert_eq!(mixed(0), RAW, "the one hash that would");
    }
}
