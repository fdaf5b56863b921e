//! [`Command`]: what a server is asked, as it is written.

/// A command that is being written, part by part.
pub(super) struct Command<'a>(&'a mut Vec<u8>);

impl<'a> Command<'a> {
    /// Begins a command of so many parts.
    pub(super) fn new(out: &'a mut Vec<u8>, parts: usize) -> Self {
        Self(out).header(b'*', parts)
    }

    /// Writes a whole command.
    pub(super) fn of(out: &'a mut Vec<u8>, parts: &[&[u8]]) {
        // Each part with what stands around it, which in all has room in this.
        out.reserve(parts.iter().map(|part| part.len() + 16).sum::<usize>() + 16);
        parts.iter().fold(Self::new(out, parts.len()), |command, part| command.part(part));
    }

    pub(super) fn part(self, part: &[u8]) -> Self {
        let this = self.header(b'$', part.len());
        this.0.extend_from_slice(part);
        this.0.extend_from_slice(b"\r\n");
        this
    }

    /// Writes one part that is in two places.
    pub(super) fn parts(self, [begin, end]: [&[u8]; 2]) -> Self {
        let this = self.header(b'$', begin.len() + end.len());
        // They may be large: nothing is to be copied once more for what comes behind them.
        this.0.reserve(begin.len() + end.len() + 2);
        this.0.extend_from_slice(begin);
        this.0.extend_from_slice(end);
        this.0.extend_from_slice(b"\r\n");
        this
    }

    pub(super) fn number(self, number: i64) -> Self {
        let (digits, from) = digits(number.unsigned_abs());
        let sign: &[u8] = if number < 0 { b"-" } else { b"" };
        self.parts([sign, &digits[from..]])
    }

    fn header(self, kind: u8, number: usize) -> Self {
        match u8::try_from(number) {
            // Nearly all of them.
            Ok(digit @ ..10) => self.0.extend_from_slice(&[kind, b'0' + digit, b'\r', b'\n']),
            Ok(two @ ..100) => self.0.extend_from_slice(&[kind, b'0' + two / 10, b'0' + two % 10, b'\r', b'\n']),
            _ => {
                let (digits, from) = digits(number as u64);
                self.0.push(kind);
                self.0.extend_from_slice(&digits[from..]);
                self.0.extend_from_slice(b"\r\n");
            }
        }
        self
    }
}

/// Returns the digits of a number, which begin at the index behind them.
fn digits(mut number: u64) -> ([u8; 20], usize) {
    let (mut digits, mut from) = ([b'0'; 20], 20);
    loop {
        from -= 1;
        digits[from] = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            return (digits, from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("a text")
    }

    #[test]
    fn a_command_says_how_long_each_of_its_parts_is() {
        assert_eq!(written(|out| Command::of(out, &[b"GET", b"a\r\nb"])), "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n");
        assert_eq!(written(|out| _ = Command::new(out, 1).parts([b"ab", b"c"])), "*1\r\n$3\r\nabc\r\n");
        assert_eq!(written(|out| Command::of(out, &[b""])), "*1\r\n$0\r\n\r\n");
        for length in [9, 10, 11, 99, 100, 255, 256, 1_000] {
            let part = "x".repeat(length);
            let wanted = format!("*1\r\n${length}\r\n{part}\r\n");
            assert_eq!(written(|out| Command::of(out, &[part.as_bytes()])), wanted);
        }
    }

    #[test]
    fn numbers_are_written_in_digits() {
        for number in [0, 7, -7, 10, 1_234_567_890, i64::MAX, i64::MIN] {
            let text = number.to_string();
            let wanted = format!("*1\r\n${}\r\n{text}\r\n", text.len());
            assert_eq!(written(|out| _ = Command::new(out, 1).number(number)), wanted);
        }
    }
}
