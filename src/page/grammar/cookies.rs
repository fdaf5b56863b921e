//! `Cookie`: which of a request's cookies have a name. A name means its bytes: one that is written in another way is another
//! name, whatever a handler would make of it, and is not shown to it.

use http::HeaderMap;
use http::header::COOKIE;

/// Returns the cookies of a request, in their order and with everything that stands around the equals sign.
fn all(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty())
}

fn name_of(pair: &[u8]) -> &[u8] {
    pair.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii()
}

/// Returns the cookies that have one of these names, as one line: several of one name too, since nobody knows which one is
/// read.
pub fn named(headers: &HeaderMap, is_named: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let found: Vec<_> = all(headers).filter(|pair| is_named(name_of(pair))).collect();
    (!found.is_empty()).then(|| found.join(&b"; "[..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_cookies_of_a_name_count_and_none_of_another() {
        let lines = ["a=1; session=x;b=2", "session = y; sessions=z; sess%69on=w"];
        let mut sent = HeaderMap::new();
        for line in lines {
            sent.append(COOKIE, line.parse().expect("a value"));
        }
        assert_eq!(named(&sent, |name| name == b"session").as_deref(), Some(&b"session=x; session = y"[..]));
        assert_eq!(named(&sent, |name| name == b"c"), None);
    }
}
