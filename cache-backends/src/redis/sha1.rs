//! What a server calls a script by: the SHA-1 of its text, in hexadecimal digits.
//!
//! It is a name and guards nothing, and so is not worth a dependency.

use std::fmt::Write;

/// Returns the name of a script.
pub(super) fn name_of(script: &str) -> String {
    let mut name = String::with_capacity(40);
    for word in sha1(script.as_bytes()) {
        write!(name, "{word:08x}").expect("a text grows");
    }
    name
}

fn sha1(message: &[u8]) -> [u32; 5] {
    let mut state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    padded(message).chunks_exact(64).for_each(|block| state = mixed(state, block));
    state
}

/// Adds a bit, zeros, and the length in bits, up to whole blocks.
fn padded(message: &[u8]) -> Vec<u8> {
    let zeros = (119 - message.len() % 64) % 64;
    let bits = (message.len() as u64) << 3;
    [message, &[0x80], &[0; 64][..zeros], &bits.to_be_bytes()].concat()
}

#[expect(clippy::many_single_char_names, reason = "they have these names where it is defined")]
fn mixed(state: [u32; 5], block: &[u8]) -> [u32; 5] {
    let [mut a, mut b, mut c, mut d, mut e] = state;
    for (round, word) in schedule(block).into_iter().enumerate() {
        let (f, k) = match round / 20 {
            0 => ((b & c) | (!b & d), 0x5A82_7999),
            1 => (b ^ c ^ d, 0x6ED9_EBA1),
            2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
            _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
        };
        let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    let mixed = [a, b, c, d, e];
    std::array::from_fn(|at| state[at].wrapping_add(mixed[at]))
}

fn schedule(block: &[u8]) -> [u32; 80] {
    let mut words = [0; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for at in 16..80 {
        words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_called_as_everybody_calls_them() {
        for (text, name) in [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (&"a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ] {
            assert_eq!(name_of(text), name);
        }
    }

    #[test]
    fn a_text_of_any_length_makes_whole_blocks() {
        assert!((0..200).all(|len| padded(&vec![0; len]).len().is_multiple_of(64)));
        assert_eq!((padded(&[0; 55]).len(), padded(&[0; 56]).len()), (64, 128));
    }
}
