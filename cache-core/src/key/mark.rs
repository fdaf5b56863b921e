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
    never_raw(mixed(fnv_1a(pattern.as_bytes())))
}

/// Returns the mark of a pattern in the crate that `module` is part of: two crates that write the same pattern do not
/// read each other's values.
#[doc(hidden)]
#[must_use]
pub const fn mark_within(module: &str, pattern: &str) -> u64 {
    let bytes = module.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b':' {
        end += 1;
    }
    let (name, _) = bytes.split_at(end);
    // A colon stands in no crate's name.
    never_raw(mixed(fnv_1a_from(fnv_1a_from(fnv_1a(name), b":"), pattern.as_bytes())))
}

/// Returns the mark of a site that stands in a module inside a function, by its path: its module does not name that
/// function, so that two sites can have one pattern.
pub(crate) fn mark_inside(mark: u64, path: &str) -> u64 {
    never_raw(mixed(fnv_1a_from(fnv_1a(&mark.to_le_bytes()), path.as_bytes())))
}

const fn never_raw(mark: u64) -> u64 {
    if mark == RAW { 1 } else { mark }
}

const fn fnv_1a(bytes: &[u8]) -> u64 {
    fnv_1a_from(0xcbf2_9ce4_8422_2325_u64, bytes)
}

const fn fnv_1a_from(mut hash: u64, bytes: &[u8]) -> u64 {
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
    fn two_crates_with_one_pattern_have_two_marks_and_two_modules_of_one_crate_have_one() {
        assert_ne!(mark_within("shop::users", "user:<id>"), mark_within("blog::users", "user:<id>"));
        assert_eq!(mark_within("shop::users", "user:<id>"), mark_within("shop", "user:<id>"));
        assert_eq!(mark_within("shop", "user:<id>"), 0x9fff_cc90_63f5_3f12, "in every version");
    }

    #[test]
    fn the_mark_of_raw_keys_is_never_produced() {
        assert_ne!(mark(""), RAW);
        assert_eq!(mixed(0), RAW, "the one hash that would");
    }
}
