//! What a program says of who asks: pages in two languages, or for two time zones, are two pages.

/// The language that a request is answered in.
///
/// Put into the extensions of a request by whatever decides that, in front of the cache; the page is then kept for this
/// language alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Language(pub String);

/// The time zone that the times of a page are shown in.
///
/// Put into the extensions of a request by whatever decides that, in front of the cache; the page is then kept for this
/// zone alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(pub String);
