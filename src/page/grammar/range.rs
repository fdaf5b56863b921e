//! `Range`: which bytes of a response are asked for, and `Content-Range`: which ones these are (RFC 9110, 14).

use http::header::{CONTENT_RANGE, HeaderMap, RANGE};

use super::{line, list};

/// Who asks for more parts than this is no reader of them: the whole takes fewer bytes than the headers of its parts.
const MOST: usize = 64;

/// One part that is asked for, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From this byte to the end.
    From(u64),
    /// From this byte to that one, both included.
    Between(u64, u64),
    /// As many as this, at the end.
    Last(u64),
}

impl Part {
    /// Returns which bytes those are of so many; `None` where there are none of them.
    pub fn of(self, length: u64) -> Option<std::ops::Range<u64>> {
        let range = match self {
            Self::From(first) => first..length,
            Self::Between(first, last) => first..length.min(last.saturating_add(1)),
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// Reads what parts a request asks for, of which there is at least one.
///
/// `None`, and the whole is the answer, where it asks for none, in other units than bytes, in more than one line, or
/// with a fault anywhere.
pub fn of(headers: &HeaderMap) -> Option<Vec<Part>> {
    parse(list::trim(line::only(headers, &RANGE)?))
}

/// Reads which bytes a response is, and of how many; `None` where it does not say both, or not in one line.
pub fn content(headers: &HeaderMap) -> Option<(std::ops::Range<u64>, u64)> {
    let (unit, said) = list::trim(line::only(headers, &CONTENT_RANGE)?).split_at_checked(b"bytes ".len())?;
    let slash = said.iter().position(|&byte| byte == b'/').filter(|_| unit.eq_ignore_ascii_case(b"bytes "))?;
    let (Part::Between(first, last), length) = (part(&said[..slash])?, number(&said[slash + 1..])?) else {
        return None;
    };
    (last < length).then(|| (first..last + 1, length))
}

/// Reads a value of `Range`.
pub fn parse(value: &[u8]) -> Option<Vec<Part>> {
    let (unit, parts) = value.split_at_checked(b"bytes=".len())?;
    let is_bytes = unit.eq_ignore_ascii_case(b"bytes=") && !parts.contains(&b'"');
    let parts: Vec<_> = is_bytes.then(|| list::split(parts).take(MOST + 1).map(part))?.collect::<Option<_>>()?;
    (1..=MOST).contains(&parts.len()).then_some(parts)
}

fn part(text: &[u8]) -> Option<Part> {
    let at = text.iter().position(|&byte| byte == b'-')?;
    match (&text[..at], &text[at + 1..]) {
        (b"", count) => number(count).map(Part::Last),
        (first, b"") => number(first).map(Part::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Part::Between(first, last))
        }
    }
}

/// Reads a place or a count. What no number holds is past the end of everything.
fn number(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, digit: &u8| {
        digit.is_ascii_digit().then(|| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    };
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, add))?
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::Part::{Between, From, Last};
    use super::*;

    #[test]
    fn parts_are_read_and_any_fault_is_a_fault_of_all() {
        let table: [(&str, Option<&[Part]>); 30] = [
            ("bytes=0-1", Some(&[Between(0, 1)])),
            ("bytes=1-", Some(&[From(1)])),
            ("bytes=-5", Some(&[Last(5)])),
            ("bytes=-0", Some(&[Last(0)])),
            ("Bytes=0-0", Some(&[Between(0, 0)])),
            ("bytes=0-1, 5-\t,,-3,", Some(&[Between(0, 1), From(5), Last(3)])),
            ("bytes= 0-1", Some(&[Between(0, 1)])),
            ("bytes=007-8", Some(&[Between(7, 8)])),
            ("bytes=0-18446744073709551615", Some(&[Between(0, u64::MAX)])),
            ("bytes=0-99999999999999999999", Some(&[Between(0, u64::MAX)])),
            ("bytes=99999999999999999999-", Some(&[From(u64::MAX)])),
            ("bytes=-99999999999999999999", Some(&[Last(u64::MAX)])),
            ("", None),
            ("bytes", None),
            ("bytes=", None),
            ("bytes=,", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=1", None),
            ("bytes=2-1", None),
            ("bytes=0-1, 2-1", None),
            ("bytes=0-1, x", None),
            ("bytes=0 - 1", None),
            ("bytes=0-1-2", None),
            ("bytes=--1", None),
            ("bytes=+1-2", None),
            ("bytes=\"0-1,\"", None),
            ("bytes =0-1", None),
            ("items=0-1", None),
            ("bytes:0-1", None),
        ];
        for (text, parts) in table {
            assert_eq!(parse(text.as_bytes()).as_deref(), parts, "{text}");
        }
    }

    #[test]
    fn a_request_asks_in_one_line() {
        let headers = |lines: &[&'static str]| -> HeaderMap {
            lines.iter().map(|line| (RANGE, HeaderValue::from_static(line))).collect()
        };
        assert_eq!(of(&headers(&[" bytes=1- "])), Some(vec![From(1)]));
        assert_eq!(of(&headers(&[])), None);
        assert_eq!(of(&headers(&["bytes=1-", "bytes=1-"])), None);
    }

    #[test]
    fn a_response_says_which_bytes_it_is_and_of_how_many() {
        let table = [
            ("bytes 0-4/10", Some((0..5, 10))),
            ("Bytes 4-9/10", Some((4..10, 10))),
            ("bytes 0-0/1", Some((0..1, 1))),
            ("bytes 4-10/10", None),
            ("bytes 5-4/10", None),
            ("bytes 0-4/*", None),
            ("bytes */10", None),
            ("bytes -5/10", None),
            ("bytes 0-4", None),
            ("bytes=0-4/10", None),
            ("items 0-4/10", None),
            ("bytes 0-18446744073709551615/18446744073709551615", None),
            ("", None),
        ];
        for (text, expected) in table {
            let said = |lines| std::iter::repeat_n((CONTENT_RANGE, HeaderValue::from_static(text)), lines).collect();
            assert_eq!((content(&said(1)), content(&said(2))), (expected, None), "{text}");
        }
    }

    #[test]
    fn so_many_parts_that_nobody_means_them_are_none() {
        let many = |count| format!("bytes={}", vec!["0-0"; count].join(","));
        assert_eq!(parse(many(MOST).as_bytes()).map(|parts| parts.len()), Some(MOST));
        assert_eq!(parse(many(MOST + 1).as_bytes()), None);
    }

    #[test]
    fn a_part_is_cut_at_the_end_of_what_there_is() {
        let table = [
            (Between(0, 1), 10, Some(0..2)),
            (Between(8, 9), 10, Some(8..10)),
            (Between(8, 100), 10, Some(8..10)),
            (Between(0, u64::MAX), 10, Some(0..10)),
            (Between(10, 11), 10, None),
            (Between(0, 0), 0, None),
            (From(1), 10, Some(1..10)),
            (From(9), 10, Some(9..10)),
            (From(10), 10, None),
            (From(u64::MAX), 10, None),
            (From(0), 0, None),
            (Last(1), 10, Some(9..10)),
            (Last(10), 10, Some(0..10)),
            (Last(u64::MAX), 10, Some(0..10)),
            (Last(0), 10, None),
            (Last(1), 0, None),
        ];
        for (part, length, bytes) in table {
            assert_eq!(part.of(length), bytes, "{part:?} of {length}");
        }
    }
}
