//! Fields that say one thing, in one line.

use http::header::{HeaderMap, HeaderName};

/// Returns what a field says in its one line; `None` where there is none, and where there are several: nobody knows which of
/// them others go by.
pub fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut lines = headers.get_all(name).iter();
    let only = lines.next().filter(|_| lines.next().is_none())?;
    Some(only.as_bytes())
}

#[cfg(test)]
mod tests {
    use http::header::{ETAG, HeaderValue};

    use super::*;

    #[test]
    fn two_lines_are_as_good_as_none_also_where_they_are_the_same() {
        let mut headers = HeaderMap::new();
        assert_eq!(only(&headers, &ETAG), None);
        headers.append(ETAG, HeaderValue::from_static("a"));
        assert_eq!(only(&headers, &ETAG), Some(&b"a"[..]));
        headers.append(ETAG, HeaderValue::from_static("a"));
        assert_eq!(only(&headers, &ETAG), None);
    }
}
