//! What the names of a request's headers say, read in one pass: a hit pays for it, and most requests say nothing of it.

use http::header::{
    AUTHORIZATION, HOST, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue};

/// What a request says by naming a header, and the values that a hit looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a name that a request can have")]
pub(super) struct Names<'a> {
    /// `Authorization`.
    pub(super) authorized: bool,
    /// `Upgrade`.
    pub(super) upgrade: bool,
    /// Any of those that ask for a part, or under a condition: who has none is answered with the page as it is.
    pub(super) conditional: bool,
    /// One of the conditions that come before `If-None-Match`.
    must_match: bool,
    /// The last line of `If-None-Match`.
    none_match: Option<&'a HeaderValue>,
    pub(super) host: Option<&'a [u8]>,
    /// There is more than one line of `Host`.
    pub(super) two_hosts: bool,
}

impl<'a> Names<'a> {
    #[inline]
    pub(super) fn of(request: &'a HeaderMap) -> Self {
        let mut names = Self::default();
        for (name, value) in request {
            if *name == HOST {
                names.two_hosts |= names.host.replace(value.as_bytes()).is_some();
            } else if *name == AUTHORIZATION {
                names.authorized = true;
            } else if *name == UPGRADE {
                names.upgrade = true;
            } else if is_condition(name) {
                names.condition(name, value);
            }
        }
        names
    }

    fn condition(&mut self, name: &HeaderName, value: &'a HeaderValue) {
        self.conditional = true;
        self.must_match |= *name == IF_MATCH || *name == IF_UNMODIFIED_SINCE;
        if *name == IF_NONE_MATCH {
            self.none_match = Some(value);
        }
    }

    /// Returns whether the client has what has this tag, and says so in just these bytes: then nothing has to be read,
    /// and nothing else that it says counts (RFC 9110, 13.2.2). Whichever line says so: each is a list that holds it.
    #[inline]
    pub(super) fn knows(&self, tag: Option<&HeaderValue>) -> bool {
        !self.must_match && self.none_match.is_some_and(|known| Some(known) == tag)
    }
}

/// Returns whether a header of this name asks for a part, or for nothing if nothing has changed.
#[inline]
pub(super) fn is_condition(name: &HeaderName) -> bool {
    *name == IF_MATCH
        || *name == IF_NONE_MATCH
        || *name == IF_MODIFIED_SINCE
        || *name == IF_UNMODIFIED_SINCE
        || *name == IF_RANGE
        || *name == RANGE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut request = HeaderMap::new();
        for (name, value) in lines {
            request.append(*name, HeaderValue::from_static(value));
        }
        request
    }

    #[test]
    fn names_are_seen_wherever_they_stand() {
        let usual = [("host", "a"), ("accept", "*/*"), ("iffy", "1"), ("ranges", "2")];
        let one = |name| request(&[&usual[..], &[(name, "x")]].concat());
        let nothing = Names { host: Some(b"a"), ..Names::default() };
        assert_eq!(Names::of(&request(&usual)), nothing);
        assert_eq!(Names::of(&one("authorization")), Names { authorized: true, ..nothing });
        assert_eq!(Names::of(&one("upgrade")), Names { upgrade: true, ..nothing });
        for name in ["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] {
            let request = one(name);
            let names = Names::of(&request);
            assert_eq!(Names { conditional: false, must_match: false, none_match: None, ..names }, nothing, "{name}");
            assert!(names.conditional, "{name}");
        }
        assert!(Names::of(&one("host")).two_hosts);
        assert_eq!(Names::of(&HeaderMap::new()), Names::default());
    }

    #[test]
    fn who_writes_the_tag_has_the_page_unless_it_must_match_first() {
        let tag = HeaderValue::from_static("\"1\"");
        let knows = |lines: &[(&'static str, &'static str)]| Names::of(&request(lines)).knows(Some(&tag));
        let same = ("if-none-match", "\"1\"");
        assert!(knows(&[same]) && knows(&[same, ("if-modified-since", "x"), ("range", "bytes=0-1")]));
        assert!(!knows(&[]) && !knows(&[("if-none-match", "W/\"1\"")]) && !knows(&[("if-match", "\"1\"")]));
        assert!(!knows(&[same, ("if-match", "\"2\"")]) && !knows(&[same, ("if-unmodified-since", "x")]));
        assert!(!Names::of(&request(&[])).knows(None));
    }
}
