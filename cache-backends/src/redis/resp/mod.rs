//! [`Reader`]: what a server says, in the third version of its protocol or in the second.

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing is there.
    Nothing,
    /// Bytes, or a text such as `OK`; fractions and numbers beyond 64 bits as they were written.
    Bytes(Vec<u8>),
    /// A number; 0 and 1 for no and yes.
    Number(i64),
    /// Several, in their order. Of a map, each name before its value.
    List(Vec<Answer>),
    /// What was asked for was not done, and why.
    Error(Box<str>),
}

/// A message that has come to its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// How many bytes it took.
    pub bytes: usize,
    /// What was said.
    pub answer: Answer,
    /// Whether nobody had asked.
    pub is_push: bool,
}

/// Reads messages as they come. It goes on where it stopped, so that a message costs as much in a thousand pieces as in one,
/// and takes no memory for what is only announced.
#[derive(Debug, Default)]
pub struct Reader {
    /// How much of the message is read.
    at: usize,
    /// How far no line ends behind that.
    searched: usize,
    /// What has begun and has parts missing, the outermost first.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    form: Form,
    missing: usize,
    parts: Vec<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    List,
    Push,
    /// What stands before an answer about it, and is nothing to us.
    Attribute,
}

enum Piece {
    Whole(Answer),
    Begun(Form, usize),
}

/// Why nothing more can be read from a connection.
type Garbled = &'static str;

/// The largest value that a server keeps.
const LARGEST: usize = 512 << 20;
/// The largest message: an answer to many has several values in it.
const LARGEST_MESSAGE: usize = 1 << 30;
const MOST_PARTS: usize = 1 << 20;
const DEEPEST: usize = 16;
/// The longest line that is no number: what an error says.
const LONGEST_LINE: usize = 64 << 10;
/// How many parts of a list are made room for before they are there.
const MADE_ROOM_FOR: usize = 64;

impl Reader {
    /// Takes one message off the front of what has come; `None` where more must come first. Then it is to be asked again
    /// with the same bytes and more behind them.
    ///
    /// # Errors
    ///
    /// When that is no message, or one beyond all bounds.
    pub fn next(&mut self, came: &[u8]) -> Result<Option<Whole>, Garbled> {
        while let Some(piece) = self.piece(came)? {
            if let Some((answer, is_push)) = self.settle(piece)? {
                let bytes = std::mem::take(&mut self.at);
                self.searched = 0;
                return Ok(Some(Whole { bytes, answer, is_push }));
            }
        }
        Ok(None)
    }

    /// Puts a piece where it belongs; returns the message that it was the last of.
    fn settle(&mut self, piece: Piece) -> Result<Option<(Answer, bool)>, Garbled> {
        let mut closed = match piece {
            Piece::Whole(answer) => Some((answer, false)),
            Piece::Begun(form, missing) => self.open(form, missing)?,
        };
        while let Some((answer, is_push)) = closed {
            let Some(mut outer) = self.open.pop() else { return Ok(Some((answer, is_push))) };
            outer.missing -= 1;
            if outer.form != Form::Attribute {
                outer.parts.push(answer);
            }
            closed = if outer.missing == 0 {
                outer.form.close(outer.parts)
            } else {
                self.open.push(outer);
                None
            };
        }
        Ok(None)
    }

    fn open(&mut self, form: Form, missing: usize) -> Result<Option<(Answer, bool)>, Garbled> {
        if form == Form::Push && !self.open.is_empty() {
            return Err("it tells of something else in the midst of an answer");
        }
        if missing == 0 {
            return Ok(form.close(Vec::new()));
        }
        if self.open.len() == DEEPEST {
            return Err("its answer is too deep");
        }
        self.open.push(Open { form, missing, parts: Vec::with_capacity(missing.min(MADE_ROOM_FOR)) });
        Ok(None)
    }

    /// Reads what begins where the reader stands, if all of it is there.
    fn piece(&mut self, came: &[u8]) -> Result<Option<Piece>, Garbled> {
        if self.at > LARGEST_MESSAGE {
            return Err("its answer is too long");
        }
        let Some(&kind) = came.get(self.at) else { return Ok(None) };
        let Some(end) = self.end_of_line(kind, came)? else { return Ok(None) };
        let (line, behind) = (&came[self.at + 1..end], end + 2);
        if matches!(kind, b'$' | b'!' | b'=') {
            return self.value(kind, line, &came[behind..], behind);
        }
        self.at = behind;
        of_line(kind, line).map(Some)
    }

    /// Returns where the line ends that begins where the reader stands, if it has ended.
    fn end_of_line(&mut self, kind: u8, came: &[u8]) -> Result<Option<usize>, Garbled> {
        let is_text = matches!(kind, b'+' | b'-' | b'(');
        let most = if is_text { LONGEST_LINE } else { 64 };
        let from = self.searched.max(self.at);
        let to = came.len().min(self.at + most);
        match came[from..to].iter().position(|&byte| byte == b'\n').map(|end| from + end) {
            Some(end) if end > self.at + 1 && came[end - 1] == b'\r' => Ok(Some(end - 1)),
            Some(_) => Err("a line does not end as lines do"),
            None if to == self.at + most => Err("a line does not end"),
            None => {
                self.searched = to;
                Ok(None)
            }
        }
    }

    /// Reads a value of announced length, if all of it has come.
    fn value(&mut self, kind: u8, line: &[u8], came: &[u8], begin: usize) -> Result<Option<Piece>, Garbled> {
        let Some(len) = length(line, LARGEST)? else {
            self.at = begin;
            return Ok(Some(Piece::Whole(Answer::Nothing)));
        };
        let Some(end) = came.get(len..len + 2) else {
            return Ok(None);
        };
        if end != b"\r\n" {
            return Err("a value does not end where it was to");
        }
        self.at = begin + len + 2;
        let value = &came[..len];
        Ok(Some(Piece::Whole(match kind {
            b'!' => error(value),
            // What kind of text it is stands in front: `txt:`.
            b'=' => Answer::Bytes(value.get(4..).ok_or("a text does not say of what kind it is")?.to_vec()),
            _ => Answer::Bytes(value.to_vec()),
        })))
    }
}

impl Form {
    fn close(self, parts: Vec<Answer>) -> Option<(Answer, bool)> {
        match self {
            Self::List => Some((Answer::List(parts), false)),
            Self::Push => Some((Answer::List(parts), true)),
            Self::Attribute => None,
        }
    }
}

/// Reads what a line says all of, or the begin of.
fn of_line(kind: u8, line: &[u8]) -> Result<Piece, Garbled> {
    let several = |form, each| match length(line, MOST_PARTS)? {
        Some(parts) => Ok(Piece::Begun(form, parts * each)),
        None => Ok(Piece::Whole(Answer::Nothing)),
    };
    let answer = match kind {
        b'*' | b'~' => return several(Form::List, 1),
        b'%' => return several(Form::List, 2),
        b'>' => return several(Form::Push, 1),
        b'|' => return several(Form::Attribute, 2),
        b'+' | b',' | b'(' => Answer::Bytes(line.to_vec()),
        b'-' => error(line),
        b':' => Answer::Number(number(line).ok_or("a number is none")?),
        b'_' if line.is_empty() => Answer::Nothing,
        b'#' if matches!(line, b"t" | b"f") => Answer::Number((line == b"t").into()),
        _ => return Err("it speaks another language"),
    };
    Ok(Piece::Whole(answer))
}

/// Reads a length; `None` where the second version of the protocol says so that nothing is there.
fn length(line: &[u8], most: usize) -> Result<Option<usize>, Garbled> {
    match number(line).ok_or("a length is no number")? {
        -1 => Ok(None),
        length => match usize::try_from(length) {
            Ok(length) if length <= most => Ok(Some(length)),
            _ => Err("its answer is too long"),
        },
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn error(text: &[u8]) -> Answer {
    Answer::Error(String::from_utf8_lossy(text).into())
}

#[cfg(test)]
mod tests;
