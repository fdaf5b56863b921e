//! Whatever a Memcached server says, and however it comes in pieces: it is read in one way, nothing panics, and nothing is
//! allocated on its word.
#![no_main]

use cache_backends::memcached::same_in_pieces;

// The first byte says how many cuts there are, and that many say where.
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((cuts, rest)) = input.split_first() else { return };
    let Some((cuts, bytes)) = rest.split_at_checked(usize::from(*cuts % 16)) else { return };
    let ends = cuts.iter().map(|cut| usize::from(*cut).min(bytes.len())).collect();
    // What was read, twice; and of four bytes come a dozen words of an answer, in a list that grows.
    let most = 256 * bytes.len() as u64 + 4096;
    let taken = allocation_counter::measure(|| same_in_pieces(bytes, ends)).bytes_max;
    assert!(taken <= most, "{taken} bytes for {}", bytes.len());
});
