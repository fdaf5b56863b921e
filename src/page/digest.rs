//! The tag that a page gets of its bytes: who has a page with this tag has these very bytes.

use http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};

/// What says how the bytes are to be read, and is in no 304: who is told that nothing has changed goes on reading them as
/// before.
const READ_BY: [HeaderName; 4] = [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_DISPOSITION];

/// Returns the tag of a page with this body.
pub(super) fn tag(headers: &HeaderMap, body: &[u8]) -> HeaderValue {
    let mut digest = blake3::Hasher::new();
    digest.update(body);
    for name in &READ_BY {
        for line in headers.get_all(name) {
            digest.update(name.as_str().as_bytes()).update(b":").update(line.as_bytes()).update(b"\n");
        }
    }
    // What has been added could be the end of another body.
    digest.update(&(body.len() as u64).to_le_bytes());
    let digest = digest.finalize().to_hex();
    HeaderValue::try_from(format!("\"{}\"", &digest[..32])).expect("digits and letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn it_differs_where_the_bytes_do_or_how_they_are_to_be_read_and_nowhere_else() {
        let html = headers(&[("content-type", "text/html"), ("x-a", "1")]);
        let json = headers(&[("content-type", "application/json")]);
        assert_eq!(tag(&html, b"{}"), tag(&headers(&[("content-type", "text/html")]), b"{}"));
        assert_ne!(tag(&html, b"{}"), tag(&json, b"{}"));
        assert_ne!(tag(&html, b"{}"), tag(&html, b"{ }"));
        let end = headers(&[("content-language", "de")]);
        assert_ne!(tag(&end, b""), tag(&HeaderMap::new(), b"content-language:de\n"));
    }
}
