//! `Cache-Status`: what the cache did for a request (RFC 9211).

use http::header::{Entry, HeaderMap, HeaderName, HeaderValue};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Why a request went on to the handler (RFC 9211, 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forward {
    /// The cache was told to keep out of it.
    Bypass,
    /// Neither `GET` nor `HEAD`.
    Method,
    /// Nothing is stored for the URL.
    UriMiss,
    /// Something is stored for the URL, but not for these request headers.
    VaryMiss,
    /// What is stored is fresh, but the request wants more.
    Request,
    /// What is stored is stale.
    Stale,
}

impl Forward {
    const fn token(self) -> &'static str {
        match self {
            Self::Bypass => "bypass",
            Self::Method => "method",
            Self::UriMiss => "uri-miss",
            Self::VaryMiss => "vary-miss",
            Self::Request => "request",
            Self::Stale => "stale",
        }
    }
}

/// What the cache did for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    /// Why the request went on; `None`: it was answered with what was stored.
    pub(super) forward: Option<Forward>,
    /// The status code of the handler, where the answer has another one.
    pub(super) code: Option<u16>,
    /// For how many seconds the answer is still fresh; negative where it is not.
    pub(super) ttl: Option<i64>,
    /// Whether the answer was kept.
    pub(super) stored: bool,
    /// Whether the answer to another request was shared.
    pub(super) collapsed: bool,
    /// What else there is to say, like why the answer was not kept.
    pub(super) detail: Option<&'static str>,
}

impl Status {
    /// Returns that of an answer that was stored.
    pub(super) fn hit(ttl: i64) -> Self {
        Self { ttl: Some(ttl), ..Self::default() }
    }

    /// Returns that of a request that went on to the handler.
    pub(super) fn forwarded(forward: Forward) -> Self {
        Self { forward: Some(forward), ..Self::default() }
    }

    /// Adds this as the member of `Cache-Status` after those that caches nearer to the origin wrote.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        headers.append(CACHE_STATUS, self.value());
    }

    /// Writes it over the member that was added last.
    pub(super) fn replace(&self, headers: &mut HeaderMap) {
        if let Entry::Occupied(mut lines) = headers.entry(CACHE_STATUS) {
            lines.iter_mut().next_back().into_iter().for_each(|last| *last = self.value());
        }
    }

    /// Writes the member. Nothing is allocated but the value itself.
    pub(super) fn value(&self) -> HeaderValue {
        let mut line = Line::default();
        line.add(b"larder");
        match self.forward {
            // Who has neither an answer nor asked anybody says neither.
            None => line.flag(self.ttl.is_some(), b"; hit"),
            Some(forward) => {
                line.add(b"; fwd=");
                line.add(forward.token().as_bytes());
            }
        }
        self.code.inspect(|status| line.number(b"; fwd-status=", i64::from(*status)));
        self.ttl.inspect(|ttl| line.number(b"; ttl=", *ttl));
        line.flag(self.stored, b"; stored");
        line.flag(self.collapsed, b"; collapsed");
        self.detail.inspect(|detail| line.quoted(b"; detail=", detail));
        HeaderValue::from_bytes(line.written()).expect("what is printed makes a value")
    }
}

/// The largest number of a structured field (RFC 9651, 3.3.1).
const LARGEST: i64 = 999_999_999_999_999;

/// A line that is being written. Its longest one without a detail has a hundred bytes; a detail is cut where it ends.
struct Line {
    bytes: [u8; 192],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { bytes: [0; 192], length: 0 }
    }
}

impl Line {
    fn add(&mut self, text: &[u8]) {
        let free = self.bytes.get_mut(self.length..).unwrap_or_default();
        let fits = text.len().min(free.len());
        free[..fits].copy_from_slice(&text[..fits]);
        self.length += fits;
    }

    fn flag(&mut self, is_set: bool, text: &[u8]) {
        if is_set {
            self.add(text);
        }
    }

    fn number(&mut self, name: &[u8], number: i64) {
        self.add(name);
        self.flag(number < 0, b"-");
        let mut rest = number.unsigned_abs().min(LARGEST.unsigned_abs());
        let mut digits = [b'0'; 15];
        let mut begin = digits.len();
        while rest > 0 || begin == digits.len() {
            begin -= 1;
            digits[begin] += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        self.add(&digits[begin..]);
    }

    /// Writes a string, with room for its end; what a string cannot hold is left out.
    fn quoted(&mut self, name: &[u8], text: &str) {
        self.add(name);
        self.add(b"\"");
        let room = self.bytes.len().saturating_sub(self.length + 1);
        let can_stand = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        for byte in text.bytes().filter(can_stand).take(room) {
            self.add(&[byte]);
        }
        self.add(b"\"");
    }

    fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_written_as_the_rfc_has_it() {
        let forwarded = Status::forwarded;
        let table = [
            (Status::hit(30), "larder; hit; ttl=30"),
            (Status::hit(0), "larder; hit; ttl=0"),
            (Status::hit(-5), "larder; hit; ttl=-5"),
            (Status::hit(1_234_567_890), "larder; hit; ttl=1234567890"),
            (Status::hit(i64::MIN), "larder; hit; ttl=-999999999999999"),
            (Status::hit(i64::MAX), "larder; hit; ttl=999999999999999"),
            (Status { collapsed: true, ..forwarded(Forward::UriMiss) }, "larder; fwd=uri-miss; collapsed"),
            (
                Status { stored: true, ttl: Some(60), ..forwarded(Forward::UriMiss) },
                "larder; fwd=uri-miss; ttl=60; stored",
            ),
            (Status { code: Some(304), ..forwarded(Forward::Stale) }, "larder; fwd=stale; fwd-status=304"),
            (forwarded(Forward::Bypass), "larder; fwd=bypass"),
            (forwarded(Forward::Method), "larder; fwd=method"),
            (forwarded(Forward::VaryMiss), "larder; fwd=vary-miss"),
            (
                Status { detail: Some("no-store"), ..forwarded(Forward::Request) },
                "larder; fwd=request; detail=\"no-store\"",
            ),
            (Status { detail: Some("a\"\\\nä\u{7f}b"), ..Status::default() }, "larder; detail=\"ab\""),
        ];
        for (status, expected) in table {
            assert_eq!(status.value(), expected, "{status:?}");
        }
    }

    #[test]
    fn a_detail_is_cut_where_the_line_ends_and_never_what_comes_before() {
        let detail = Box::leak("x".repeat(500).into_boxed_str());
        let everything = Status {
            forward: Some(Forward::VaryMiss),
            code: Some(u16::MAX),
            ttl: Some(i64::MIN),
            stored: true,
            collapsed: true,
            detail: Some(detail),
        };
        let value = everything.value();
        let text = value.to_str().expect("ASCII");
        let begin = "larder; fwd=vary-miss; fwd-status=65535; ttl=-999999999999999; stored; collapsed; detail=\"xxx";
        assert!(text.starts_with(begin) && text.ends_with("x\"") && text.len() == 192, "{text}");
    }

    #[test]
    fn it_stands_after_what_caches_nearer_to_the_origin_wrote() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_STATUS, HeaderValue::from_static("inner; hit"));
        Status::hit(1).add(&mut headers);
        let lines: Vec<_> = headers.get_all(CACHE_STATUS).iter().collect();
        assert_eq!(lines, ["inner; hit", "larder; hit; ttl=1"]);
    }
}
