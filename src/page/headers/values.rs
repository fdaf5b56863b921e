//! Values of single headers: dates and entity tags.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use crate::page::grammar::{EntityTag, date};

/// Writes a time as headers have it, for `Last-Modified` or `Expires`; what is before 1970 is 1970.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use larder::page::headers;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_999);
/// assert_eq!(headers::date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
#[must_use]
pub fn date(time: SystemTime) -> HeaderValue {
    date::write(secs_of(time))
}

/// Reads a time from a header, in any of the three forms that HTTP has; `None` for anything else.
///
/// One of the forms has years of two digits: they are in the past where they would be more than fifty years from `now`.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::HeaderValue;
/// use larder::page::headers;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let read = |text| headers::read_date(&HeaderValue::from_static(text), SystemTime::now());
/// assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(time));
/// assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), Some(time));
/// assert_eq!(read("Sun Nov  6 08:49:37 1994"), Some(time));
/// assert_eq!(read("tomorrow"), None);
/// ```
#[must_use]
pub fn read_date(value: &HeaderValue, now: SystemTime) -> Option<SystemTime> {
    date::parse(value.as_bytes(), secs_of(now)).and_then(|secs| UNIX_EPOCH.checked_add(Duration::from_secs(secs)))
}

/// Makes the value of an `ETag`: the text in quotes, unless it is an entity tag already.
///
/// `None` where it holds what no entity tag can: white space, control characters, or quotes of its own.
///
/// ```
/// use larder::page::headers;
///
/// assert_eq!(headers::entity_tag("v7").unwrap(), r#""v7""#);
/// assert_eq!(headers::entity_tag(r#""v7""#).unwrap(), r#""v7""#);
/// assert_eq!(headers::entity_tag(r#"W/"v7""#).unwrap(), r#"W/"v7""#);
/// assert_eq!(headers::entity_tag(r#"v"7"#), None);
/// ```
#[must_use]
pub fn entity_tag(text: &str) -> Option<HeaderValue> {
    let quoted = match EntityTag::parse(text.as_bytes()) {
        Some(_) => text.to_owned(),
        None => format!("\"{text}\""),
    };
    EntityTag::parse(quoted.as_bytes())?;
    HeaderValue::from_bytes(quoted.as_bytes()).ok()
}

/// Returns the whole seconds since 1970.
pub(super) fn secs_of(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
