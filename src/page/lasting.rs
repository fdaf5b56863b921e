//! Header values that last as long as the program. To copy one changes nothing; to copy any other one, and to drop the copy,
//! counts in memory that all threads share, and a hit has no time for that.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use http::header::{
    AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, VARY,
};
use http::{HeaderMap, HeaderValue};

/// What many pages say alike, or one page says again. No secret is among them: they are never given back.
static NAMES: [HeaderName; 8] = [
    AGE,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    VARY,
    HeaderName::from_static("cache-status"),
];

static VALUES: [Values; NAMES.len()] = [const { Values(RwLock::new(BTreeSet::new())) }; NAMES.len()];

/// The values of one name.
struct Values(RwLock<BTreeSet<&'static str>>);

/// How many values of a name last, and how long one may be: less than half a megabyte in all.
const MOST: usize = 1024;
const LONGEST: usize = 48;

/// Puts values that last into the place of those that say the same, where there is one or room for one.
pub(super) fn settle(headers: &mut HeaderMap) {
    for (name, value) in headers {
        let values = NAMES.iter().position(|known| known == name).map(|at| &VALUES[at]);
        if let (Some(values), Ok(text), false) = (values, value.to_str(), value.is_sensitive())
            && let Some(lasting) = values.lasting(text)
        {
            *value = HeaderValue::from_static(lasting);
        }
    }
}

impl Values {
    fn lasting(&self, text: &str) -> Option<&'static str> {
        if text.len() > LONGEST {
            return None;
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(text).copied();
        known.or_else(|| self.add(text))
    }

    fn add(&self, text: &str) -> Option<&'static str> {
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = values.get(text) {
            return Some(known);
        }
        if values.len() >= MOST {
            return None;
        }
        let lasting: &'static str = Box::leak(text.into());
        values.insert(lasting);
        Some(lasting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(headers: &HeaderMap, name: &HeaderName) -> *const u8 {
        headers[name].as_bytes().as_ptr()
    }

    #[test]
    fn what_says_the_same_is_the_same_and_nothing_else_changes() {
        let value = |text| HeaderValue::from_str(text).expect("a value");
        let lines = || [(CONTENT_TYPE, value("text/x-one")), (HeaderName::from_static("etag"), value("\"1\""))];
        let [mut one, mut other]: [HeaderMap; 2] = [lines().into_iter().collect(), lines().into_iter().collect()];
        let before = one.clone();
        settle(&mut one);
        settle(&mut other);
        assert_eq!((&one, &other), (&before, &before));
        assert_eq!(address(&one, &CONTENT_TYPE), address(&other, &CONTENT_TYPE));
        assert_ne!(address(&one, &"etag".parse().unwrap()), address(&other, &"etag".parse().unwrap()));
    }

    #[test]
    fn what_is_secret_or_long_or_comes_too_late_does_not_last() {
        let mut secret = HeaderValue::from_static("text/x-secret");
        secret.set_sensitive(true);
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, secret)]);
        settle(&mut headers);
        assert!(headers[CONTENT_TYPE].is_sensitive());

        let values = Values(RwLock::default());
        assert_eq!(values.lasting(&"x".repeat(LONGEST + 1)), None);
        let all: Vec<_> = (0..=MOST).map(|number| values.lasting(&number.to_string())).collect();
        assert!(all[..MOST].iter().all(Option::is_some) && all[MOST].is_none());
        assert_eq!(values.lasting("7"), Some("7"), "what is there stays there");
    }
}
