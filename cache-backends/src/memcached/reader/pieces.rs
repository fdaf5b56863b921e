//! What is read of bytes that come in pieces, for tests and for fuzzers.

use super::super::answer::Said;
use super::Reader;
use crate::pipe::{Garbled, Message, Reader as _};

/// Reads everything, in pieces that end at these places, and what is said to be wrong with it.
pub(super) fn read(bytes: &[u8], mut ends: Vec<usize>) -> (Vec<Said>, Option<&'static str>) {
    ends.push(bytes.len());
    ends.sort_unstable();
    let (mut reader, mut said, mut from) = (Reader::new(7), Vec::new(), 0);
    for end in ends {
        loop {
            match reader.read(&bytes[from..end]) {
                Ok(Some((length, Message::Answer(answer)))) => {
                    assert!(length > 0 && answer.connection == 7);
                    from += length;
                    said.push(answer.said);
                }
                Ok(Some((_, Message::Push(_)))) => unreachable!("nothing is said that nobody asked for"),
                Ok(None) => break,
                Err(Garbled(what)) => return (said, Some(what)),
            }
        }
    }
    (said, None)
}

/// Panics where it is read in another way when it comes in pieces.
#[cfg(fuzzing)]
pub fn same_in_pieces(bytes: &[u8], ends: Vec<usize>) {
    assert_eq!(read(bytes, ends), read(bytes, Vec::new()));
}
