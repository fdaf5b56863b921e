//! `Age`: how old a response already was when it came.

use http::header::{AGE, HeaderMap};

use super::seconds::{self, LONGEST};

/// Returns how old a response says it is, in seconds: zero if it does not say, and [`LONGEST`], which no response
/// survives, if that cannot be read. RFC 9111 would have it ignored then: whatever cache wrote that, the page may be
/// older than it looks.
///
/// Of several numbers that were written in one go the first counts. Several lines, or what those on the way make of
/// them, which has a space after the comma, were written by caches that did not know of each other, and are not
/// believed.
pub fn of(headers: &HeaderMap) -> u64 {
    let mut lines = headers.get_all(AGE).iter();
    match (lines.next(), lines.next()) {
        (None, _) => 0,
        (Some(only), None) => first(only.as_bytes()).and_then(seconds::parse).unwrap_or(LONGEST),
        (Some(_), Some(_)) => LONGEST,
    }
}

fn first(line: &[u8]) -> Option<&[u8]> {
    let mut members = line.split(|byte| *byte == b',');
    let first = members.next();
    members.all(|member| !member.starts_with(b" ") && !member.starts_with(b"\t")).then_some(first)?
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
    fn of_several_numbers_the_first_counts() {
        assert_eq!(age(&["0,7200"]), 0);
        assert_eq!(age(&["7200,0"]), 7200);
        assert_eq!(age(&["7,x"]), 7);
    }

    #[test]
    fn anything_else_is_too_old() {
        let table: [&[&str]; 12] = [
            &["abc"],
            &["-7200"],
            &["7200.0"],
            &["x,7"],
            &["0,\t7200"],
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
