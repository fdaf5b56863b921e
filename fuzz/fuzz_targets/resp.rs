//! Whatever a server of Redis says, it is read without a panic, the same wherever it is cut, and takes no more memory than
//! its length allows. The first bytes say where it is cut.
#![no_main]

use larder::stores::redis::resp::{Answer, Reader};

/// What an answer takes by its parts: one of three bytes is an [`Answer`], in a list that has grown to twice its length.
const BYTES_FOR_ONE: u64 = 64;
/// What lists take that have begun: some parts each.
const BEGUN: u64 = 64 << 10;

/// Reads all messages; `None` where what has come is none.
fn read(all: &[u8], mut cuts: impl Iterator<Item = usize>) -> Option<Vec<(Answer, bool)>> {
    let (mut reader, mut read, mut from, mut to) = (Reader::default(), Vec::new(), 0, 0);
    while to < all.len() {
        to = all.len().min(to + cuts.next().unwrap_or(all.len()));
        while let Some(whole) = reader.next(&all[from..to]).ok()? {
            assert!(whole.bytes > 0 && from + whole.bytes <= to, "it takes what has come, and something");
            from += whole.bytes;
            read.push((whole.answer, whole.is_push));
        }
    }
    Some(read)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((cuts, all)) = bytes.split_first_chunk::<8>() else { return };
    let mut at_once = None;
    let taken = allocation_counter::measure(|| at_once = read(all, std::iter::empty())).bytes_max;
    assert!(taken <= BYTES_FOR_ONE * all.len() as u64 + BEGUN, "{taken} bytes for {}", all.len());
    let in_pieces = read(all, cuts.iter().cycle().map(|&cut| usize::from(cut % 32)).take(all.len()));
    assert_eq!(in_pieces, at_once);
});
