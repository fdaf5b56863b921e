//! [`Inbox`]: what has come and was not read yet.

use super::{Garbled, Message, Reader};

/// How many bytes it takes in at once, as long as no message is longer.
const USUAL: usize = 64 * 1024;

/// What has come and was not read yet.
///
/// Bytes are moved only where at least as many were read before, and the room for them doubles: a message of any length takes
/// time in proportion to it, in however many pieces it comes.
#[derive(Debug)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), start: 0, end: 0 }
    }

    /// Returns room for what comes next: never none.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let unread = self.end - self.start;
        if unread == 0 {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() != USUAL {
                self.bytes = vec![0; USUAL];
            }
        } else if self.end == self.bytes.len() {
            if unread <= self.start {
                self.bytes.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, unread);
            } else {
                // Pages that nobody has touched are zero already.
                let mut larger = vec![0; self.bytes.len() * 2];
                larger[..unread].copy_from_slice(&self.bytes[self.start..self.end]);
                (self.bytes, self.start, self.end) = (larger, 0, unread);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// Takes note that so many bytes have come into the room.
    pub(super) fn came(&mut self, count: usize) {
        self.end += count;
    }

    /// Takes the next message out; `None` where more must come first.
    pub(super) fn next<R: Reader>(&mut self, reader: &mut R) -> Result<Option<Message<R::Answer>>, Garbled> {
        if self.start == self.end {
            return Ok(None);
        }
        let unread = &self.bytes[self.start..self.end];
        let Some((length, message)) = reader.read(unread)? else { return Ok(None) };
        if length == 0 || length > unread.len() {
            return Err(Garbled("a message has no length"));
        }
        self.start += length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of a length in four bytes, and that many bytes.
    struct Lengths;

    impl Reader for Lengths {
        type Answer = Vec<u8>;

        fn read(&mut self, came: &[u8]) -> Result<Option<(usize, Message<Vec<u8>>)>, Garbled> {
            let Some((length, rest)) = came.split_first_chunk::<4>() else { return Ok(None) };
            let length = u32::from_be_bytes(*length) as usize;
            Ok(rest.get(..length).map(|text| (4 + length, Message::Answer(text.to_vec()))))
        }
    }

    fn framed(message: &[u8]) -> Vec<u8> {
        [&u32::try_from(message.len()).expect("it is short").to_be_bytes()[..], message].concat()
    }

    /// Lets bytes come in pieces of at most this size, and returns the messages.
    fn read_in_pieces(inbox: &mut Inbox, mut bytes: &[u8], piece: usize) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while !bytes.is_empty() {
            let room = inbox.room();
            let count = room.len().min(piece).min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            inbox.came(count);
            bytes = &bytes[count..];
            while let Some(Message::Answer(message)) = inbox.next(&mut Lengths).unwrap() {
                messages.push(message);
            }
        }
        messages
    }

    #[test]
    fn messages_come_whole_in_whatever_pieces_they_came() {
        let sent: Vec<_> = (0..200_usize).map(|n| vec![u8::try_from(n).unwrap(); n * 37]).collect();
        let bytes: Vec<_> = sent.iter().flat_map(|m| framed(m)).collect();
        for piece in [1, 7, 1_000, usize::MAX] {
            assert!(read_in_pieces(&mut Inbox::new(), &bytes, piece) == sent, "{piece}");
        }
    }

    #[test]
    fn room_that_a_large_message_has_taken_is_given_back() {
        let mut inbox = Inbox::new();
        let bytes = framed(&vec![7; 10 * USUAL]);
        assert_eq!(read_in_pieces(&mut inbox, &bytes, usize::MAX)[0].len(), 10 * USUAL);
        assert!(inbox.bytes.len() > 10 * USUAL);
        assert_eq!((inbox.room().len(), inbox.bytes.capacity()), (USUAL, USUAL));
    }

    #[test]
    fn a_message_without_a_length_ends_the_reading() {
        struct Nothing;
        impl Reader for Nothing {
            type Answer = ();
            fn read(&mut self, _: &[u8]) -> Result<Option<(usize, Message<()>)>, Garbled> {
                Ok(Some((0, Message::Answer(()))))
            }
        }
        let mut inbox = Inbox::new();
        inbox.room()[0] = 1;
        inbox.came(1);
        assert!(inbox.next(&mut Nothing).is_err());
    }
}
