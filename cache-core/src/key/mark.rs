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
/// read each other's values. A library has its name to itself; a `program` may share one with the library beside it.
#[doc(hidden)]
#[must_use]
pub const fn mark_within(module: &str, program: Option<&str>, pattern: &str) -> u64 {
    let bytes = module.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b':' {
        end += 1;
    }
    let (name, _) = bytes.split_at(end);
    // What separates stands in no crate's name.
    let separator: &[u8] = if program.is_some() { b"!" } else { b":" };
    never_raw(mixed(fnv_1a_from(fnv_1a_from(fnv_1a(name), separator), pattern.as_bytes())))
}

/// Returns the mark of something that is told apart by a name which is only known when the program runs.
///
/// Eight bytes at a time, since a generic method does this with every call.
#[inline]
pub(crate) fn mark_of(mark: u64, name: &str) -> u64 {
    let hash = name.as_bytes().chunks(8).fold(mark, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mixed((hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    });
    // The end of a name is no byte of it.
    never_raw(mixed(hash ^ name.len() as u64))
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
        assert_ne!(mark_within("shop::users", None, "user:<id>"), mark_within("blog::users", None, "user:<id>"));
        assert_eq!(mark_within("shop::users", None, "user:<id>"), mark_within("shop", None, "user:<id>"));
        assert_eq!(mark_within("shop", None, "user:<id>"), 0x9fff_cc90_63f5_3f12, "in every version");
        assert_ne!(mark_within("shop", Some("shop"), "user:<id>"), mark_within("shop", None, "user:<id>"));
    }

    #[test]
    fn names_that_differ_anywhere_have_marks_that_differ() {
        let names =
            ["", "a", "a\0", "aaaaaaaa", "aaaaaaaa\0", "aaaaaaaaa", "baaaaaaaa", "aaaaaaaab", "aaaaaaaaaaaaaaaaa"];
        let marks: std::collections::HashSet<_> = names.iter().map(|name| mark_of(1, name)).collect();
        assert_eq!(marks.len(), names.len());
        assert_ne!(mark_of(1, "a"), mark_of(2, "a"));
        assert_eq!(mark_of(1, "shop::Rows<u8>"), 0xf734_7046_ede6_6e20, "in every version");
    }

    #[test]
    fn the_mark_of_raw_keys_is_never_produced() {
        assert_ne!(mark(""), RAW);
        assert_eq!(mixed(0), RAW, "the one hash that would");
    }
}
