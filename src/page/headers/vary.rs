//! `Vary`: which headers of a request an answer depends on.

use http::HeaderValue;
use http::header::{HeaderMap, HeaderName, VARY};

use crate::page::grammar::list;
use crate::page::grammar::vary::is_any;

/// Says which headers of the request a response depends on, beside those that it names already.
///
/// All lines become one. What cannot be the name of a header, and `*`, may be any header: `*` is all that is left then.
///
/// ```
/// use http::{HeaderMap, header};
/// use larder::page::headers;
///
/// let mut map = HeaderMap::new();
/// map.insert(header::VARY, header::HeaderValue::from_static("Cookie"));
/// headers::vary(&mut map, [header::ACCEPT_ENCODING, header::COOKIE]);
/// assert_eq!(map[header::VARY], "Cookie, accept-encoding");
/// ```
pub fn vary(headers: &mut HeaderMap, names: impl IntoIterator<Item = HeaderName>) {
    let names: Vec<_> = names.into_iter().collect();
    let mut all: Vec<&[u8]> = list::elements(headers, &VARY).collect();
    for name in &names {
        if !all.iter().any(|known| known.eq_ignore_ascii_case(name.as_ref())) {
            all.push(name.as_ref());
        }
    }
    if all.is_empty() {
        return;
    }
    let joined = if all.iter().copied().any(is_any) { b"*".to_vec() } else { all.join(b", " as &[u8]) };
    if let Ok(value) = HeaderValue::from_bytes(&joined) {
        headers.insert(VARY, value);
    }
}

/// Returns whether a response says that it depends on a header of the request, which it also does by `*`.
///
/// ```
/// use http::{HeaderMap, header};
/// use larder::page::headers;
///
/// let mut map = HeaderMap::new();
/// headers::vary(&mut map, [header::COOKIE]);
/// assert!(headers::varies_on(&map, &header::COOKIE));
/// assert!(!headers::varies_on(&map, &header::ACCEPT));
/// ```
#[must_use]
pub fn varies_on(headers: &HeaderMap, name: &HeaderName) -> bool {
    list::elements(headers, &VARY).any(|known| known.eq_ignore_ascii_case(name.as_ref()) || is_any(known))
}

#[cfg(test)]
mod tests {
    use http::header::{ACCEPT, COOKIE};

    use super::*;

    fn edited(lines: &[&str], names: &[HeaderName]) -> Vec<String> {
        let value = |line: &&str| (VARY, HeaderValue::from_bytes(line.as_bytes()).expect("a value"));
        let mut headers: HeaderMap = lines.iter().map(value).collect();
        vary(&mut headers, names.iter().cloned());
        let once = headers.clone();
        vary(&mut headers, names.iter().cloned());
        assert_eq!(headers, once, "said twice is said once");
        headers.get_all(VARY).iter().map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect()
    }

    #[test]
    fn names_are_added_once_and_all_lines_become_one() {
        let no_lines: [&str; 0] = [];
        assert_eq!(edited(&[], &[]), no_lines);
        assert_eq!(edited(&[""], &[]), [""]);
        assert_eq!(edited(&[], &[ACCEPT, COOKIE, ACCEPT]), ["accept, cookie"]);
        assert_eq!(edited(&["X-One , Accept", "", "x-two"], &[COOKIE, ACCEPT]), ["X-One, Accept, x-two, cookie"]);
    }

    #[test]
    fn what_could_be_any_header_is_all_of_them() {
        for line in ["*", "Cookie, *", "a b", "\"Cookie", "Cookie\", x", "ü"] {
            assert_eq!(edited(&[line], &[ACCEPT]), ["*"], "{line}");
            let headers: HeaderMap =
                [(VARY, HeaderValue::from_bytes(line.as_bytes()).expect("a value"))].into_iter().collect();
            assert!(varies_on(&headers, &ACCEPT), "{line}");
        }
        for lines in [&["*, *"] as &[_], &["*", "*"], &[", *"], &["", "*"], &["*, Foo"], &["Foo, *"], &["Foo", " *\t"]]
        {
            assert_eq!(edited(lines, &[]), ["*"], "{lines:?}");
        }
        assert_eq!(edited(&["Cookie"], &[HeaderName::from_static("*")]), ["*"]);
    }
}
