//! `Age`: how old a response already was when it came.

use http::header::{AGE, HeaderMap};

use super::seconds;

/// Returns how old a response says it is, in seconds: the first number counts, and what cannot be read is as if it was not
/// there (RFC 9111, 5.1).
pub fn of(headers: &HeaderMap) -> u64 {
    let first = headers.get(AGE).and_then(|line| line.as_bytes().split(|byte| *byte == b',').next());
    first.and_then(|first| seconds::parse(first.trim_ascii())).unwrap_or(0)
}

/// Returns whether nobody can tell how old a response is: there is something, and it is not one number. Caches that did
/// not know of each other wrote that, or one that is broken, and the page may be older than it looks.
pub fn is_in_doubt(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(AGE).iter();
    let is_number = lines.next().is_none_or(|line| seconds::parse(line.as_bytes()).is_some());
    !is_number || lines.next().is_some()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use seconds::LONGEST;

    #[test]
    fn the_first_number_counts_and_anything_but_one_is_in_doubt() {
        let table: [(&[&'static str], u64, bool); 18] = [
            (&[], 0, false),
            (&["0"], 0, false),
            (&["7200"], 7200, false),
            (&["99999999999"], LONGEST, false),
            (&["0,7200"], 0, true),
            (&["7200, 0"], 7200, true),
            (&["7 ,x"], 7, true),
            (&["7200", "0"], 7200, true),
            (&["0", "7200"], 0, true),
            (&["0, 0"], 0, true),
            (&["3600", "3600"], 3600, true),
            (&["abc"], 0, true),
            (&["-7200"], 0, true),
            (&["7200.0"], 0, true),
            (&["x,7"], 0, true),
            (&["x", "7"], 0, true),
            (&["7200;foo=bar"], 0, true),
            (&[""], 0, true),
        ];
        for (lines, age, is_doubted) in table {
            let headers = lines.iter().map(|line| (AGE, HeaderValue::from_static(line))).collect();
            assert_eq!((of(&headers), is_in_doubt(&headers)), (age, is_doubted), "{lines:?}");
        }
    }
}
