//! [`Reader`]: takes apart what a server says.

use super::answer::{Answer, Flags, Refusal, Said};
use crate::pipe::{self, Garbled, Message};

/// More than any line has that a server says: a name of 250 bytes, and a dozen numbers.
const LONGEST_LINE: usize = 2048;
/// The largest value that a server can be told to take (`-I 1024m`).
const LARGEST_VALUE: u64 = 1 << 30;

/// Takes apart what a server says on one connection.
///
/// However the bytes come in pieces, each is looked at a bounded number of times: what is known of an answer that has begun
/// is remembered.
#[derive(Debug)]
pub(super) struct Reader {
    connection: u64,
    /// Whether anything was said yet.
    is_first: bool,
    /// In so many bytes there is no end of a line.
    searched: usize,
    /// The beginning of a value that has not come to its end.
    begun: Option<Begun>,
}

/// What the first line of a value says.
#[derive(Clone, Copy, Debug)]
struct Begun {
    /// How many bytes stand before the value.
    line: usize,
    size: usize,
    flags: Flags,
}

/// What a line says: all, or what value comes behind it.
enum Line {
    Whole(Said),
    Begins(usize, Flags),
}

impl Reader {
    /// Reads what comes on the connection of this number.
    pub(super) fn new(connection: u64) -> Self {
        Self { connection, is_first: true, searched: 0, begun: None }
    }

    fn answer(&self, length: usize, said: Said) -> (usize, Message<Answer>) {
        (length, Message::Answer(Answer { said, connection: self.connection }))
    }

    /// Returns how many bytes the first line has, its end included; `None` where that has not come.
    fn line(&mut self, came: &[u8]) -> Result<Option<usize>, Garbled> {
        let rest = came.get(self.searched..).unwrap_or_default();
        match rest.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') {
            Some(at) if self.searched + at < LONGEST_LINE => Ok(Some(std::mem::take(&mut self.searched) + at + 1)),
            None if came.len() < LONGEST_LINE => {
                self.searched = came.len();
                Ok(None)
            }
            _ => Err(Garbled("a line that does not end")),
        }
    }

    fn value(&mut self, came: &[u8], begun: Begun) -> Result<Option<(usize, Message<Answer>)>, Garbled> {
        let Begun { line, size, flags } = begun;
        let whole = line + size + 2;
        let Some(value) = came.get(line..whole) else {
            self.begun = Some(begun);
            return Ok(None);
        };
        let value = value.strip_suffix(b"\r\n").ok_or(Garbled("a value that is longer than it says"))?;
        Ok(Some(self.answer(whole, Said::Value(value.to_vec(), flags))))
    }
}

impl pipe::Reader for Reader {
    type Answer = Answer;

    fn read(&mut self, came: &[u8]) -> Result<Option<(usize, Message<Answer>)>, Garbled> {
        if let Some(begun) = self.begun.take() {
            return self.value(came, begun);
        }
        let Some(length) = self.line(came)? else { return Ok(None) };
        let line = came[..length].strip_suffix(b"\r\n").ok_or(Garbled("a line without a carriage return"))?;
        let is_first = std::mem::take(&mut self.is_first);
        match parse(line)? {
            // What came behind the name of a command was then taken for another one.
            Line::Whole(Said::Refused(Refusal::Unknown)) if !is_first => {
                Err(Garbled("that it does not know a command"))
            }
            Line::Whole(said) => Ok(Some(self.answer(length, said))),
            Line::Begins(size, flags) => self.value(came, Begun { line: length, size, flags }),
        }
    }
}

fn parse(line: &[u8]) -> Result<Line, Garbled> {
    let (word, rest) = split(line);
    Ok(Line::Whole(match word {
        b"VA" => {
            let (size, rest) = split(rest);
            let size = number(size).filter(|size| *size <= LARGEST_VALUE).and_then(|size| usize::try_from(size).ok());
            return Ok(Line::Begins(size.ok_or(Garbled("a value of no size"))?, flags(rest)?));
        }
        b"HD" => Said::Done(flags(rest)?),
        b"EN" | b"NF" => Said::Nothing,
        b"NS" => Said::NotStored,
        b"EX" => Said::Changed,
        b"MN" | b"OK" | b"STORED" => Said::Well,
        b"ERROR" => Said::Refused(Refusal::Unknown),
        b"CLIENT_ERROR" => Said::Refused(our_fault(rest)?),
        b"SERVER_ERROR" => Said::Refused(its_fault(rest)),
        _ => return Err(Garbled("a word that is none of Memcached's")),
    }))
}

/// Reads flags, and passes over those that were not asked for.
fn flags(mut rest: &[u8]) -> Result<Flags, Garbled> {
    let mut flags = Flags::default();
    while !rest.is_empty() {
        let (flag, behind) = split(rest);
        rest = behind;
        let Some((letter, token)) = flag.split_first() else { continue };
        let count = || number(token).ok_or(Garbled("a flag that is no number"));
        match letter {
            b'c' => flags.cas = count()?,
            b's' => flags.size = Some(count()?),
            b't' if token == b"-1" => flags.left = Some(-1),
            b't' => flags.left = Some(i64::try_from(count()?).map_err(|_| Garbled("a time beyond all times"))?),
            b'W' | b'Z' => flags.is_promised = true,
            b'X' => flags.is_stale = true,
            _ => {}
        }
    }
    Ok(flags)
}

/// Reads what is said to be our fault. Behind what we do not know of, the server may take the rest of what we have said for
/// something else: nothing more is to be said, nor heard, on such a connection.
fn our_fault(words: &[u8]) -> Result<Refusal, Garbled> {
    match words {
        b"cannot increment or decrement non-numeric value" => Ok(Refusal::NoNumber),
        b"unauthenticated" | b"authentication failure" => Ok(Refusal::Unauthenticated),
        b"flush_all not allowed" => Ok(Refusal::NoFlush),
        _ => Err(Garbled("that it was asked in the wrong way")),
    }
}

fn its_fault(words: &[u8]) -> Refusal {
    match words {
        b"object too large for cache" => Refusal::TooLarge,
        other => Refusal::Cannot(String::from_utf8_lossy(other).escape_debug().take(MOST_SHOWN).collect()),
    }
}

/// How many characters of what a server says stand in an error.
const MOST_SHOWN: usize = 100;

/// Splits the first word from what stands behind the space after it.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b' ') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    let add = |sum: u64, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

#[cfg(any(test, fuzzing))]
mod pieces;
#[cfg(fuzzing)]
pub use pieces::same_in_pieces;

#[cfg(test)]
mod tests;
