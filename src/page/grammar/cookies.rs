//! `Cookie`: which of a request's cookies have a name. One that somebody reads as this name has it, too: layers of sessions
//! decode names, and take `sess%69on` for `session`. Whoever was found by it must not be taken for one who has none.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::COOKIE;

/// Returns the cookies of a request, in their order and with everything that stands around the equals sign.
fn all(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty())
}

/// Returns the name of a cookie as those read it who make most of it.
fn name_of(pair: &[u8]) -> Cow<'_, [u8]> {
    let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    // White space beyond ASCII is some to those who read texts.
    let name = if name.is_ascii() {
        name.trim_ascii()
    } else {
        str::from_utf8(name).map_or(name, |name| name.trim().as_bytes())
    };
    if name.contains(&b'%') { Cow::Owned(decoded(name)) } else { Cow::Borrowed(name) }
}

/// Returns what a name says that may be written with percents; what is no number stays as it is.
fn decoded(name: &[u8]) -> Vec<u8> {
    let digit = |at: usize| name.get(at).and_then(|digit| char::from(*digit).to_digit(16));
    let mut decoded = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        let number = digit(at + 1).zip(digit(at + 2)).filter(|_| *byte == b'%');
        let number = number.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        decoded.push(number.unwrap_or(*byte));
        at += if number.is_some() { 3 } else { 1 };
    }
    decoded
}

/// Returns the cookies that have one of these names, as one line: several of one name too, since nobody knows which one is
/// read.
pub fn named(headers: &HeaderMap, is_named: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let found: Vec<_> = all(headers).filter(|pair| is_named(&name_of(pair))).collect();
    (!found.is_empty()).then(|| found.join(&b"; "[..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_cookies_of_a_name_count_and_none_of_another() {
        let lines = ["a=1; session=x;b=2", "session = y; sessions=z; Session=w"];
        let mut sent = HeaderMap::new();
        for line in lines {
            sent.append(COOKIE, line.parse().expect("a value"));
        }
        assert_eq!(named(&sent, |name| name == b"session").as_deref(), Some(&b"session=x; session = y"[..]));
        assert_eq!(named(&sent, |name| name == b"c"), None);
    }

    #[test]
    fn a_name_that_somebody_may_read_as_this_one_counts() {
        let is_session = |pair: &str| {
            let mut sent = HeaderMap::new();
            sent.append(COOKIE, http::HeaderValue::from_bytes(pair.as_bytes()).expect("a value"));
            named(&sent, |name| name == b"session").map(|found| found == pair.trim().as_bytes())
        };
        for pair in ["sess%69on=1", "%73ession=1", "session%=1", "sess\u{a0}ion=1", "session%2", "session%zz=1", "%=1"]
        {
            let expected = ["sess%69on=1", "%73ession=1"].contains(&pair).then_some(true);
            assert_eq!(is_session(pair), expected, "{pair}");
        }
        for pair in ["\u{a0}session=1", "\u{2003}%73ession\u{a0}=1", "session\t=1"] {
            assert!(is_session(pair).is_some(), "{pair}");
        }
        // What is decoded twice is another name.
        assert_eq!(is_session("%2573ession=1"), None);
    }
}
