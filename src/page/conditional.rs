//! What a whole response, stored or just made, answers to the conditions of a request (RFC 9110, 13.2.2) and to
//! `Range`.

use std::ops::Range;

use http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, DATE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, TRANSFER_ENCODING,
};
use http::{HeaderMap, Method, StatusCode};

use super::grammar::{EntityTag, date, etag, range};
use super::names::is_condition;

/// How a response is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it is.
    Whole,
    /// Not at all: 304, with the headers of [`not_modified`].
    NotModified,
    /// Not at all: 412.
    Failed,
    /// These bytes of it: 206, with the headers of [`part`].
    Part(Range<u64>),
    /// Not at all: 416, with the `Content-Range` of [`out_of_range`].
    Unsatisfiable,
}

/// Decides how a response of this many bytes is sent.
///
/// `now`, in seconds since 1970, tells which century a year of two digits is in.
pub(crate) fn verdict(
    method: &Method,
    request: &HeaderMap,
    status: StatusCode,
    stored: &HeaderMap,
    length: u64,
    now: u64,
) -> Verdict {
    // What would not be a success without conditions is not made another failure by them (RFC 9110, 13.2.1).
    if !status.is_success() || !request.keys().any(is_condition) {
        return Verdict::Whole;
    }
    let question = Question { request, stored, is_read: matches!(*method, Method::GET | Method::HEAD), now };
    if question.must_match() == Some(false) {
        Verdict::Failed
    } else if question.is_known() == Some(true) {
        if question.is_read { Verdict::NotModified } else { Verdict::Failed }
    } else if *method == Method::GET && status == StatusCode::OK && question.is_range_of_this() {
        part_of(request, length)
    } else {
        Verdict::Whole
    }
}

fn part_of(request: &HeaderMap, length: u64) -> Verdict {
    match range::of(request).as_deref() {
        Some([part]) => part.of(length).map_or(Verdict::Unsatisfiable, Verdict::Part),
        // Several parts are answered with the whole, which any server may do.
        _ => Verdict::Whole,
    }
}

struct Question<'a> {
    request: &'a HeaderMap,
    stored: &'a HeaderMap,
    /// `GET` or `HEAD`.
    is_read: bool,
    now: u64,
}

impl Question<'_> {
    /// Reads `If-Match`, or else `If-Unmodified-Since`: whether the response is still the one that the client goes by.
    /// `None`: it does not ask, or not in a way that can be answered.
    fn must_match(&self) -> Option<bool> {
        if self.request.contains_key(IF_MATCH) {
            let own = EntityTag::of(self.stored);
            let same = |own: EntityTag| etag::listed(self.request, &IF_MATCH).any(|tag| tag.strong_eq(own));
            return Some(etag::is_any(self.request, &IF_MATCH) || own.is_some_and(same));
        }
        Some(self.stored_date(&LAST_MODIFIED)? <= self.asked_date(&IF_UNMODIFIED_SINCE)?)
    }

    /// Reads `If-None-Match`, or else `If-Modified-Since`: whether the client has the response already.
    fn is_known(&self) -> Option<bool> {
        if self.request.contains_key(IF_NONE_MATCH) {
            return Some(self.is_listed());
        }
        let since = self.asked_date(&IF_MODIFIED_SINCE).filter(|_| self.is_read)?;
        Some(self.modified()? <= since)
    }

    /// Returns whether the stored tag is listed. What is written just like it matches it, even where it is no tag: nobody else
    /// can have written that.
    fn is_listed(&self) -> bool {
        let is_as_written = || self.stored.get(ETAG).is_some_and(|own| self.request.get(IF_NONE_MATCH) == Some(own));
        let same = |own: EntityTag| etag::listed(self.request, &IF_NONE_MATCH).any(|tag| tag.weak_eq(own));
        is_as_written() || etag::is_any(self.request, &IF_NONE_MATCH) || EntityTag::of(self.stored).is_some_and(same)
    }

    /// Returns when it was modified: without `Last-Modified`, when it was made at the latest (RFC 9111, 4.3.2).
    fn modified(&self) -> Option<u64> {
        let name = if self.stored.contains_key(LAST_MODIFIED) { LAST_MODIFIED } else { DATE };
        self.stored_date(&name)
    }

    /// Reads `If-Range`: whether the client's other parts are of this very response. A date can say so only if nothing
    /// changed within its second (RFC 9110, 8.8.2.2, 13.1.5).
    fn is_range_of_this(&self) -> bool {
        let mut lines = self.request.get_all(IF_RANGE).iter();
        let Some(value) = lines.next() else { return true };
        if lines.next().is_some() {
            return false;
        }
        match (EntityTag::parse(value.as_bytes()), EntityTag::of(self.stored)) {
            (Some(tag), Some(own)) => tag.strong_eq(own),
            (Some(_), None) => false,
            (None, _) => self.is_of_this_second(value),
        }
    }

    fn is_of_this_second(&self, value: &HeaderValue) -> bool {
        let asked = date::parse(value.as_bytes(), self.now);
        let (modified, made) = (self.stored_date(&LAST_MODIFIED), self.stored_date(&DATE));
        modified.is_some() && asked == modified && made > modified
    }

    fn asked_date(&self, name: &HeaderName) -> Option<u64> {
        date::of(self.request, name, self.now)
    }

    fn stored_date(&self, name: &HeaderName) -> Option<u64> {
        date::of(self.stored, name, self.now)
    }
}

/// What describes a body that a 304 does not have (RFC 9110, 15.4.5).
const OF_THE_BODY: [HeaderName; 9] = [
    ACCEPT_RANGES,
    CONTENT_DISPOSITION,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
    HeaderName::from_static("content-md5"),
];

/// Returns the stored headers that a 304 carries. `Last-Modified` is one of them, and so is all that says nothing of
/// the body: it updates what caches on the way have.
pub(crate) fn not_modified(stored: &HeaderMap) -> HeaderMap {
    let mut carried = HeaderMap::with_capacity(stored.len());
    for (name, value) in stored.iter().filter(|(name, _)| !OF_THE_BODY.contains(name)) {
        carried.append(name.clone(), value.clone());
    }
    carried
}

/// Returns the headers of a 206: all that are stored, and which bytes of how many these are.
pub(crate) fn part(stored: &HeaderMap, range: &Range<u64>, length: u64) -> HeaderMap {
    let mut headers = stored.clone();
    let (first, last) = (range.start, range.end.saturating_sub(1));
    headers.insert(CONTENT_RANGE, text(&format!("bytes {first}-{last}/{length}")));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end.saturating_sub(first)));
    headers
}

/// Returns the `Content-Range` of a 416, which says how many bytes there are.
pub(crate) fn out_of_range(length: u64) -> HeaderValue {
    text(&format!("bytes */{length}"))
}

fn text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("letters and digits make a value")
}

#[cfg(test)]
mod tests;
