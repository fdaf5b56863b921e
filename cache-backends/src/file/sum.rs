//! A check sum that tells a whole file from a torn one, as fast as memory is read. Whoever can write files can also write
//! sums: it keeps out accidents, and the rights of the folder keep out people.

/// An odd number without a pattern in its bits: the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

const LANES: usize = 4;
const BLOCK: usize = 8 * LANES;

/// In each lane the sum of its words, and the sum of those sums, which knows their order. Additions alone, since a
/// processor does several of them at once; with multiplications a hit on a large value took half as long again.
#[derive(Clone, Copy, Default)]
struct Sums {
    words: [u64; LANES],
    sums: [u64; LANES],
}

/// Returns the sum of these bytes.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut sums = Sums::default();
    for block in blocks {
        sums.add(block);
    }
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    sums.add(&last);
    let folded = sums.words.into_iter().chain(sums.sums).fold(bytes.len() as u64 ^ FACTOR, mix);
    mix(folded ^ (folded >> 32), 0)
}

impl Sums {
    fn add(&mut self, block: &[u8; BLOCK]) {
        let words = block.as_chunks::<8>().0;
        for ((word, sum), bytes) in self.words.iter_mut().zip(&mut self.sums).zip(words) {
            *word = word.wrapping_add(u64::from_le_bytes(*bytes));
            *sum = sum.wrapping_add(*word);
        }
    }
}

fn mix(folded: u64, word: u64) -> u64 {
    (folded ^ word).wrapping_mul(FACTOR).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_some_bytes_stay_what_they_are() {
        let long: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let sums = [&b""[..], b"\0", b"value", &long].map(sum);
        assert_eq!(sums, SUMS);
    }

    const SUMS: [u64; 4] =
        [6_536_186_597_385_206_682, 14_349_375_725_191_660_674, 13_776_673_142_551_176_208, 15_454_615_036_129_144_958];

    #[test]
    fn every_changed_bit_and_every_lost_byte_is_seen() {
        let bytes: Vec<u8> = (0..100).collect();
        let whole = sum(&bytes);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_ne!(sum(&changed), whole, "bit {bit} of byte {at}");
            }
            assert_ne!(sum(&bytes[..at]), whole, "cut off at {at}");
            let mut blank = bytes.clone();
            blank[at..].fill(0);
            assert!(at == 0 || sum(&blank) != whole, "nothing but zeros from {at} on");
        }
    }

    #[test]
    fn the_order_of_words_counts() {
        let words: Vec<u8> = (0..128).collect();
        for apart in [8, 32, 64] {
            let mut other = words.clone();
            other.rotate_left(apart);
            assert_ne!(sum(&other), sum(&words));
        }
    }

    #[test]
    fn zeros_are_counted() {
        let sums: std::collections::HashSet<_> = (0..200).map(|length| sum(&vec![0; length])).collect();
        assert_eq!(sums.len(), 200);
    }
}
