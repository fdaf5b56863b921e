//! What belongs to one connection, and not to the message.

use hyper::Version;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE, VIA,
};

const HOPS: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes the headers that were meant for this connection alone, those that `Connection` names among them.
pub fn strip(headers: &mut HeaderMap) {
    // The two contradict each other, and what is believed here must not be believed differently by the next one.
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    for name in named_by_connection(headers).iter().chain(&HOPS).filter(|name| **name != HOST) {
        headers.remove(name);
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let lines = headers.get_all(CONNECTION).iter();
    let names = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    names.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok()).collect()
}

/// Adds the line that says that the message came through here, and in which version of HTTP.
pub fn add_via(headers: &mut HeaderMap, received: Version) {
    let via = if received == Version::HTTP_10 { "1.0 larder" } else { "1.1 larder" };
    headers.append(VIA, HeaderValue::from_static(via));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn what_any_line_of_connection_names_goes_with_it() {
        let mut all = headers(&[("a", "1"), ("b", "2"), ("c", "3"), ("te", "trailers")]);
        for line in ["close, A", " ,b;,", "B"] {
            all.append(CONNECTION, HeaderValue::from_static(line));
        }
        strip(&mut all);
        assert_eq!(all, headers(&[("c", "3")]));
    }

    #[test]
    fn the_host_stays_whoever_names_it() {
        let mut all = headers(&[("host", "a"), ("connection", "host")]);
        strip(&mut all);
        assert_eq!(all, headers(&[("host", "a")]));
    }

    #[test]
    fn a_length_beside_chunks_is_not_passed_on() {
        let mut all = headers(&[("content-length", "4"), ("transfer-encoding", "chunked")]);
        strip(&mut all);
        assert!(all.is_empty());
    }
}
