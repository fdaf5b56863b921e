//! Plain functions for the headers that caches read: all that handlers and middleware say about keeping a response.
//!
//! They work on [`http::HeaderMap`], with a cache behind or without one. An edit adds to what is there and never
//! makes it say less: the smaller of two times stays, names are added to names, and what is unknown stays as it is.
//! Said twice is said once.
//!
//! ```
//! use http::{HeaderMap, header};
//! use larder::page::headers::{self, CacheControl};
//!
//! let mut map = HeaderMap::new();
//! CacheControl::new().public().max_age(3600).apply(&mut map);
//! headers::vary(&mut map, [header::ACCEPT_LANGUAGE]);
//! assert_eq!(map[header::CACHE_CONTROL], "public, max-age=3600");
//! assert_eq!(map[header::VARY], "accept-language");
//! ```
//!
//! With axum a [`CacheControl`] is a part of a response as well: `(CacheControl::new().no_store(), "for you alone")`.

mod cache_control;
mod values;
mod vary;
mod written;

use std::time::SystemTime;

use http::header::{EXPIRES, HeaderMap};

use super::grammar::{Directives, date};
use crate::IntoTime;
use values::secs_of;

pub use cache_control::CacheControl;
pub use values::{date, entity_tag, read_date};
pub use vary::{varies_on, vary};

/// Returns how many seconds `max-age` says, as caches take it.
///
/// The smallest of several counts, and what is no number of seconds is zero: caches do not keep it either. No time is
/// longer than 2³¹ seconds.
///
/// ```
/// use http::{HeaderMap, header};
/// use larder::page::headers;
///
/// let says = |value| {
///     let mut map = HeaderMap::new();
///     map.insert(header::CACHE_CONTROL, value);
///     headers::max_age(&map)
/// };
/// assert_eq!(says("public, max-age=60".parse()?), Some(60));
/// assert_eq!(says("max-age=20, max-age=10".parse()?), Some(10));
/// assert_eq!(says("max-age=soon".parse()?), Some(0));
/// assert_eq!(says("no-cache".parse()?), None);
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[must_use]
pub fn max_age(headers: &HeaderMap) -> Option<u64> {
    Directives::of(headers).max_age
}

/// Says how long a response is fresh: `max-age`, and `Expires` where there is none.
///
/// A smaller `max-age` that is there already stays, and is what `Expires` says.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::{HeaderMap, header};
/// use larder::page::headers;
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let mut map = HeaderMap::new();
/// headers::fresh_for(&mut map, 60, now);
/// assert_eq!(map[header::CACHE_CONTROL], "max-age=60");
/// assert_eq!(map[header::EXPIRES], "Sun, 06 Nov 1994 08:50:37 GMT");
/// ```
pub fn fresh_for(headers: &mut HeaderMap, time: impl IntoTime, now: SystemTime) {
    CacheControl::new().max_age(time).apply(headers);
    let end = secs_of(now).saturating_add(max_age(headers).unwrap_or(0));
    headers.entry(EXPIRES).or_insert_with(|| date::write(end));
}

/// Says that a response is kept by nobody, in every way there is: caches of each age understand one of them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use http::{HeaderMap, header};
/// use larder::page::headers;
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// let mut map = HeaderMap::new();
/// headers::never_cached(&mut map, now);
/// assert_eq!(map[header::CACHE_CONTROL], "max-age=0, no-cache, no-store, must-revalidate, private");
/// assert_eq!(map[header::EXPIRES], "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
pub fn never_cached(headers: &mut HeaderMap, now: SystemTime) {
    CacheControl::new().max_age(0).no_cache().no_store().must_revalidate().private().apply(headers);
    headers.insert(EXPIRES, date::write(secs_of(now)));
}
