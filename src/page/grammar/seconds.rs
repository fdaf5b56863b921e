//! Times in seconds, as `Cache-Control` and `Age` have them.

/// The longest time that is told apart from longer ones (RFC 9111, 1.2.2): 68 years. As milliseconds it is still far from
/// what 64 bits hold.
pub const LONGEST: u64 = 1 << 31;

/// Reads digits and nothing else.
pub fn parse(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    let digit = |digit: &u8| digit.is_ascii_digit().then(|| u64::from(digit - b'0'));
    value.iter().try_fold(0_u64, |so_far, next| Some((so_far * 10 + digit(next)?).min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_seconds_and_all_else_is_none() {
        let table: [(&str, Option<u64>); 18] = [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("003600", Some(3600)),
            ("2147483647", Some(2_147_483_647)),
            ("2147483648", Some(LONGEST)),
            ("2147483649", Some(LONGEST)),
            ("99999999999", Some(LONGEST)),
            ("18446744073709551616", Some(LONGEST)),
            ("99999999999999999999999999999999999999999", Some(LONGEST)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("1e3", None),
            (" 1", None),
            ("1 ", None),
            ("a3600", None),
            ("99999999999999999999999999999999999999999x", None),
        ];
        for (text, seconds) in table {
            assert_eq!(parse(text.as_bytes()), seconds, "{text:?}");
        }
    }

    #[test]
    fn digits_of_another_script_are_none() {
        assert_eq!(parse("٣".as_bytes()), None);
    }
}
