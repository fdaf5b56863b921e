//! What variants of a page are told apart by.

use std::borrow::Cow;

use http::header::COOKIE;
use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One thing in a request that a page may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    Header(HeaderName),
    /// One cookie of this name, and none of the others.
    Cookie(Box<str>),
}

impl Aspect {
    /// Returns what a list of them is sorted by: `Vary: a, b` says the same as `Vary: b, a`.
    pub(super) fn order(&self) -> (bool, &str) {
        match self {
            Self::Header(name) => (false, name.as_str()),
            Self::Cookie(name) => (true, name),
        }
    }
}

impl From<HeaderName> for Aspect {
    fn from(name: HeaderName) -> Self {
        Self::Header(name)
    }
}

/// Returns what a request says under this name, all lines of it; `None` where there is no line, which differs from an
/// empty one.
pub(super) fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next()?;
    let mut all = Cow::Borrowed(first.as_bytes());
    // Cookies alone are no list with commas (RFC 6265, 4.2.1).
    let between: &[u8] = if name == COOKIE { b"; " } else { b", " };
    for line in lines {
        let all = all.to_mut();
        all.extend_from_slice(between);
        all.extend_from_slice(line.as_bytes());
    }
    Some(all)
}

impl Serialize for Aspect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.order().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Aspect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (is_cookie, name) = <(bool, String)>::deserialize(deserializer)?;
        if is_cookie {
            return Ok(Self::Cookie(name.into()));
        }
        HeaderName::from_bytes(name.as_bytes()).map(Self::from).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn a_header_that_is_absent_differs_from_an_empty_one() {
        let name = HeaderName::from_static("x-lang");
        assert_eq!(lines(&HeaderMap::new(), &name), None);
        assert_eq!(lines(&headers(&[("x-lang", "")]), &name).as_deref(), Some(&b""[..]));
    }
}
