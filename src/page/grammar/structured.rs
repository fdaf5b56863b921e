//! Dictionaries of structured fields (RFC 9651), as far as `CDN-Cache-Control` and its like take them (RFC 9213): all of
//! the grammar, since one fault anywhere means that the whole field is not there, but only those values that directives have.

/// What stands behind the name of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An integer.
    Integer(i64),
    /// A boolean, or a name alone, which is true.
    Boolean(bool),
    /// A token.
    Token(&'a [u8]),
    /// A string, without its quotes and escapes.
    String(Vec<u8>),
    /// A value of a kind that no directive has.
    Other,
}

/// Reads a dictionary as its members in order; `None` where anything in it is malformed. Of members of one name the last
/// one counts, and the parameters of values are read and let go.
pub fn dictionary(field: &[u8]) -> Option<Vec<(&[u8], Value<'_>)>> {
    let mut text = Text(field);
    let mut members: Vec<(&[u8], Value)> = Vec::new();
    text.skip(b" ");
    while !text.0.is_empty() {
        let name = text.key()?;
        let value = text.member_value()?;
        members.retain(|(other, _)| *other != name);
        members.push((name, value));
        text.skip(b" \t");
        if !text.0.is_empty() {
            text.literal(b',')?;
            text.skip(b" \t");
            // No comma at the end.
            text.first()?;
        }
    }
    Some(members)
}

/// What is left to be read. Each reader takes one thing from its beginning.
struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    fn first(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn skip(&mut self, bytes: &[u8]) {
        self.take_while(|byte| bytes.contains(&byte));
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|&byte| !wanted(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn literal(&mut self, literal: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[literal])?;
        Some(())
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn key(&mut self) -> Option<&'a [u8]> {
        let begins = matches!(self.first()?, b'a'..=b'z' | b'*');
        begins.then(|| self.take_while(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }

    fn member_value(&mut self) -> Option<Value<'a>> {
        let value = match self.literal(b'=') {
            None => Value::Boolean(true),
            Some(()) if self.first()? == b'(' => self.inner_list()?,
            Some(()) => self.bare_item()?,
        };
        self.parameters()?;
        Some(value)
    }

    fn parameters(&mut self) -> Option<()> {
        while self.literal(b';').is_some() {
            self.skip(b" ");
            self.key()?;
            if self.literal(b'=').is_some() {
                self.bare_item()?;
            }
        }
        Some(())
    }

    fn inner_list(&mut self) -> Option<Value<'a>> {
        self.literal(b'(')?;
        loop {
            self.skip(b" ");
            if self.literal(b')').is_some() {
                return Some(Value::Other);
            }
            self.bare_item()?;
            self.parameters()?;
            matches!(self.first()?, b' ' | b')').then_some(())?;
        }
    }

    fn bare_item(&mut self) -> Option<Value<'a>> {
        match self.first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'a'..=b'z' | b'A'..=b'Z' | b'*' => Some(Value::Token(self.take_while(is_of_token))),
            b'?' => self.boolean(),
            b':' => self.bytes(),
            b'@' => self.date(),
            b'%' => self.display_string(),
            _ => None,
        }
    }

    /// Reads a number. An integer has up to 15 digits; a decimal number up to 12, a point and up to 3 more.
    fn number(&mut self) -> Option<Value<'a>> {
        let sign = if self.literal(b'-').is_some() { -1 } else { 1 };
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        if self.literal(b'.').is_some() {
            let fraction = self.take_while(|byte| byte.is_ascii_digit());
            return ((1..=12).contains(&digits.len()) && (1..=3).contains(&fraction.len())).then_some(Value::Other);
        }
        let number = digits.iter().take(16).fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
        (1..=15).contains(&digits.len()).then_some(Value::Integer(sign * number))
    }

    fn string(&mut self) -> Option<Value<'a>> {
        self.literal(b'"')?;
        let mut string = Vec::new();
        loop {
            match self.next()? {
                b'"' => return Some(Value::String(string)),
                b'\\' => string.push(self.next().filter(|byte| matches!(byte, b'"' | b'\\'))?),
                byte @ b' '..=b'~' => string.push(byte),
                _ => return None,
            }
        }
    }

    fn boolean(&mut self) -> Option<Value<'a>> {
        self.literal(b'?')?;
        match self.next()? {
            b'0' => Some(Value::Boolean(false)),
            b'1' => Some(Value::Boolean(true)),
            _ => None,
        }
    }

    fn bytes(&mut self) -> Option<Value<'a>> {
        self.literal(b':')?;
        self.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        self.literal(b':')?;
        Some(Value::Other)
    }

    fn date(&mut self) -> Option<Value<'a>> {
        self.literal(b'@')?;
        matches!(self.number()?, Value::Integer(_)).then_some(Value::Other)
    }

    /// Reads `%"f%c3%bc"`: bytes in lower-case hex that are UTF-8 together.
    fn display_string(&mut self) -> Option<Value<'a>> {
        self.literal(b'%')?;
        self.literal(b'"')?;
        let mut string = Vec::new();
        loop {
            match self.next()? {
                b'"' => return std::str::from_utf8(&string).ok().map(|_| Value::Other),
                b'%' => string.push(self.hex()? * 16 + self.hex()?),
                byte @ b' '..=b'~' => string.push(byte),
                _ => return None,
            }
        }
    }

    fn hex(&mut self) -> Option<u8> {
        match self.next()? {
            digit @ b'0'..=b'9' => Some(digit - b'0'),
            digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        }
    }
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::Value::{Boolean, Integer, Other, Token};
    use super::*;

    fn read(field: &str) -> Option<Vec<(String, Value<'_>)>> {
        let members = dictionary(field.as_bytes())?;
        Some(members.into_iter().map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value)).collect())
    }

    fn value_of(written: &str) -> Option<Value<'static>> {
        let field = format!("a={written}");
        let members = dictionary(field.as_bytes())?;
        let (_, value) = members.into_iter().next()?;
        Some(match value {
            Token(token) => Value::String([b"token ", token].concat()),
            Integer(number) => Integer(number),
            Boolean(said) => Boolean(said),
            Value::String(string) => Value::String(string),
            Other => Other,
        })
    }

    #[test]
    fn members_come_in_order_and_the_last_of_one_name_counts() {
        let name = |name: &str| name.to_owned();
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("  "), Some(vec![]));
        let both = vec![(name("max-age"), Integer(60)), (name("no-store"), Boolean(true))];
        for field in ["max-age=60, no-store", " max-age=60\t,\t no-store ", "max-age=60;a;b=\"c\",no-store;d=?0"] {
            assert_eq!(read(field), Some(both.clone()), "{field}");
        }
        assert_eq!(read("a=1, b, a=2"), Some(vec![(name("b"), Boolean(true)), (name("a"), Integer(2))]));
    }

    #[test]
    fn values_are_of_their_kinds() {
        let string = |text: &str| Some(Value::String(text.as_bytes().to_vec()));
        let table = [
            ("0", Some(Integer(0))),
            ("-10", Some(Integer(-10))),
            ("0060", Some(Integer(60))),
            ("999999999999999", Some(Integer(999_999_999_999_999))),
            ("1000000000000000", None),
            ("-", None),
            ("--1", None),
            ("1.5", Some(Other)),
            ("1.", None),
            (".5", None),
            ("1.2345", None),
            ("1234567890123.1", None),
            ("1e3", None),
            ("?1", Some(Boolean(true))),
            ("?0", Some(Boolean(false))),
            ("?2", None),
            ("?", None),
            ("a/b:C*", string("token a/b:C*")),
            ("*", string("token *")),
            (r#""""#, string("")),
            (r#""a, b""#, string("a, b")),
            (r#""a\"\\b""#, string(r#"a"\b"#)),
            (r#""a\b""#, None),
            (r#""a"#, None),
            ("\"ü\"", None),
            (":aGVsbG8=:", Some(Other)),
            (":a_:", None),
            (":a", None),
            ("@1659578233", Some(Other)),
            ("@1.5", None),
            (r#"%"f%c3%bc""#, Some(Other)),
            (r#"%"f%C3%BC""#, None),
            (r#"%"%c3""#, None),
            (r#"("a" b;c 1)"#, Some(Other)),
            ("()", Some(Other)),
            ("( a  b )", Some(Other)),
            ("(a", None),
            (r#"("a""b")"#, None),
            ("(a,b)", None),
            ("1;Q", None),
            ("1; q=0", Some(Integer(1))),
            ("1 ;q", None),
            ("'60'", None),
            ("&", None),
            ("", None),
        ];
        for (written, value) in table {
            assert_eq!(value_of(written), value, "{written:?}");
        }
    }

    #[test]
    fn one_fault_anywhere_is_a_fault_of_the_whole() {
        for field in [
            ",",
            "a,",
            "a,,b",
            ",a",
            "a b",
            "A",
            "MaX-aGe=60",
            "1a",
            "-a",
            "a=1, B",
            "a =1",
            "a= 1",
            "a=1;",
            "a=1 2",
            "ü",
            "a\tb",
            "\ta",
            "max-age=10000, &&&&&",
        ] {
            assert_eq!(read(field), None, "{field:?}");
        }
    }
}
