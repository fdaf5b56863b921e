//! A page as it is kept: status, all lines of all headers, the body as shared bytes, and what follows from them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::conditional;
use super::hole::Holes;
use super::policy::Facts;
use super::told::{News, Told};
use crate::key::TagName;

/// A response that is kept, shared by all whom it answers.
#[derive(Clone, Debug)]
pub(super) struct Page(Arc<Leaf>);

#[derive(Debug)]
struct Leaf {
    head: Head,
    body: Bytes,
    holes: Option<Box<Holes>>,
    /// Those that its handler has said, for when that says next that nothing has changed.
    tags: Box<[TagName]>,
    /// Its `ETag`, which a hit that names one compares.
    tag: Option<HeaderValue>,
    /// What the answers with it say, and those that say that nothing has changed.
    told: [Told; 2],
    /// The mark of the place that it was made at.
    site: u64,
    /// Which list of purges it goes by, and up to which of them it is known to be untouched.
    epoch: u64,
    purged: AtomicU64,
}

/// How a list of purges stood: one that several processes share has an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) epoch: u64,
    pub(super) number: u64,
}

/// Where and when a page was begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    /// The mark of the place.
    pub(super) site: u64,
    /// After these purges.
    pub(super) after: Stand,
}

/// All of a kept page but its body.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) facts: Facts,
}

impl Page {
    pub(super) fn new(head: Head, body: Bytes, holes: Holes, begun: Begun, tags: Box<[TagName]>) -> Self {
        let Begun { site, after: Stand { epoch, number } } = begun;
        let holes = (!holes.is_empty()).then(|| Box::new(holes));
        let (tag, told, purged) = (head.headers.get(ETAG).cloned(), Default::default(), AtomicU64::new(number));
        Self(Arc::new(Leaf { head, body, holes, tags, tag, told, site, epoch, purged }))
    }

    pub(super) fn head(&self) -> &Head {
        &self.0.head
    }

    /// Returns the body: the very bytes that are kept.
    pub(super) fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Returns where its holes are, if it has any.
    pub(super) fn holes(&self) -> Option<&Holes> {
        self.0.holes.as_deref()
    }

    /// Returns the tags that its handler has said.
    pub(super) fn tags(&self) -> &[TagName] {
        &self.0.tags
    }

    pub(super) fn tag(&self) -> Option<&HeaderValue> {
        self.0.tag.as_ref()
    }

    /// Returns the headers of an answer with it.
    pub(super) fn told(&self, news: &News, complete: impl Fn(HeaderMap) -> HeaderMap) -> HeaderMap {
        self.0.told[0].headers(news, || complete(self.with_length()))
    }

    /// Returns the headers of an answer that says that it has not changed.
    pub(super) fn told_unchanged(&self, news: &News, complete: impl Fn(HeaderMap) -> HeaderMap) -> HeaderMap {
        self.0.told[1].headers(news, || complete(conditional::not_modified(&self.0.head.headers)))
    }

    /// Says how long it is, where that is not nothing: whoever hands it on would else count, and add it.
    fn with_length(&self) -> HeaderMap {
        let mut headers = self.0.head.headers.clone();
        if !self.0.body.is_empty() {
            headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(self.0.body.len()));
        }
        headers
    }

    pub(super) fn site(&self) -> u64 {
        self.0.site
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.0.head.facts
    }

    /// Returns after which purges it was begun, or which it has outlived.
    #[inline]
    pub(super) fn stand(&self) -> Stand {
        Stand { epoch: self.0.epoch, number: self.0.purged.load(Ordering::Acquire) }
    }

    pub(super) fn outlived(&self, purges: u64) {
        self.0.purged.fetch_max(purges, Ordering::AcqRel);
    }
}

/// Bytes, written and read as such.
struct Blob<'a>(&'a [u8]);

struct Owned(Vec<u8>);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(Reading).map(Self)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
}

/// A page on its way out of the process.
#[derive(Serialize)]
#[serde(rename = "Page")]
struct Sent<'a> {
    site: u64,
    status: u16,
    headers: Vec<(&'a str, Blob<'a>)>,
    facts: &'a Facts,
    epoch: u64,
    after: u64,
    tags: Vec<&'a str>,
    holes: Option<&'a Holes>,
    body: Blob<'a>,
}

#[derive(Deserialize)]
#[serde(rename = "Page")]
struct Received {
    site: u64,
    status: u16,
    headers: Vec<(String, Owned)>,
    facts: Facts,
    epoch: u64,
    after: u64,
    tags: Vec<String>,
    holes: Option<Holes>,
    body: Owned,
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Head { status, headers, facts } = self.head();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), Blob(value.as_bytes()))).collect();
        let (site, Stand { epoch, number: after }, tags) =
            (self.site(), self.stand(), self.tags().iter().map(TagName::as_str).collect());
        let (status, holes, body) = (status.as_u16(), self.holes(), Blob(self.body()));
        Sent { site, status, headers, facts, epoch, after, tags, holes, body }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let received = Deserialize::deserialize(deserializer)?;
        let Received { site, status, headers: lines, facts, epoch, after, tags, holes, body } = received;
        let status = StatusCode::from_u16(status).map_err(de::Error::custom)?;
        let mut headers = HeaderMap::try_with_capacity(lines.len()).map_err(de::Error::custom)?;
        for (name, Owned(value)) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(de::Error::custom)?;
            headers
                .try_append(name, HeaderValue::from_bytes(&value).map_err(de::Error::custom)?)
                .map_err(de::Error::custom)?;
        }
        let holes = holes.unwrap_or_default();
        if !holes.are_in(&body.0) {
            return Err(de::Error::custom("a page whose holes are somewhere else"));
        }
        let (head, begun) = (Head { status, headers, facts }, Begun { site, after: Stand { epoch, number: after } });
        let tags = tags.into_iter().map(TagName::written).collect();
        Ok(Self::new(head, body.0.into(), holes, begun, tags))
    }
}
