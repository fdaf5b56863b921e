//! `Age`: how old a response already was when it came.

use http::header::{AGE, HeaderMap};

use super::seconds::{self, LONGEST};

/// Returns how old a response says it is, in seconds: zero if it does not say, and [`LONGEST`], which no response
/// survives, if it says it in any other way than as one number. RFC 9111 would have the first of several numbers count,
/// and would have one that cannot be read ignored: whatever cache wrote that, the page may be older than it looks.
pub fn of(headers: &HeaderMap) -> u64 {
    let mut lines = headers.get_all(AGE).iter();
    match (lines.next(), lines.next()) {
        (None, _) => 0,
        (Some(only), None) => seconds::parse(only.as_bytes()).unwrap_or(LONGEST),
        (Some(_), Some(_)) => LONGEST,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn age(lines: &[&'static str]) -> u64 {
        of(&lines.iter().map(|line| (AGE, HeaderValue::from_static(line))).collect())
    }

    #[test]
    fn one_number_is_an_age() {
        assert_eq!(age(&[]), 0);
        assert_eq!(age(&["0"]), 0);
        assert_eq!(age(&["7200"]), 7200);
        assert_eq!(age(&["99999999999"]), LONGEST);
    }

    #[test]
    fn anything_else_is_too_old() {
        let table: [&[&str]; 12] = [
            &["abc"],
            &["-7200"],
            &["7200.0"],
            &["7200,0"],
            &["0,7200"],
            &["7200", "0"],
            &["0", "7200"],
            &["0, 0"],
            &["0", "0"],
            &["3600, 3600"],
            &["7200;foo=bar"],
            &[""],
        ];
        for lines in table {
            assert_eq!(age(lines), LONGEST, "{lines:?}");
        }
    }
}
