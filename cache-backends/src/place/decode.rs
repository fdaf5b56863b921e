//! Percent signs in addresses.

/// Why a text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// A `%` without two digits behind it.
    Percent,
    /// The bytes are no text.
    Utf8,
    /// A zero byte, where many who read it would take it for the end.
    Zero,
}

impl Undecodable {
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Percent => "a `%` has two hexadecimal digits behind it; a percent sign itself is written `%25`",
            Self::Utf8 => "what stands behind its percent signs is no UTF-8",
            Self::Zero => "`%00` can stand nowhere in it",
        }
    }
}

/// Reads a text with percent signs in it.
pub(super) fn decoded(text: &str) -> Result<Box<str>, Undecodable> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, behind) = behind.split_at_checked(2).ok_or(Undecodable::Percent)?;
        bytes.push(byte(digits).ok_or(Undecodable::Percent)?);
        rest = behind;
    }
    if bytes.contains(&0) {
        return Err(Undecodable::Zero);
    }
    String::from_utf8(bytes).map(String::into_boxed_str).map_err(|_| Undecodable::Utf8)
}

fn byte(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    digits.iter().try_fold(0, |byte, &digit| Some(byte * 16 + value(digit)?)).and_then(|byte| u8::try_from(byte).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_read_as_bytes_of_a_text() {
        assert_eq!(decoded("p%40ss%2Fw%c3%B6rd").as_deref(), Ok("p@ss/wörd"));
        assert_eq!(decoded("a+b").as_deref(), Ok("a+b"), "a plus is a plus");
        for (text, wrong) in [
            ("%", Undecodable::Percent),
            ("100%", Undecodable::Percent),
            ("%4", Undecodable::Percent),
            ("%+4", Undecodable::Percent),
            ("%zz", Undecodable::Percent),
            ("%ff", Undecodable::Utf8),
            ("a%00b", Undecodable::Zero),
        ] {
            assert_eq!(decoded(text), Err(wrong), "{text}");
        }
    }
}
