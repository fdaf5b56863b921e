//! A page as it is kept: status, all lines of all headers, the body as shared bytes, and what follows from them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::policy::Facts;

/// A response that is kept, shared by all whom it answers.
#[derive(Clone, Debug)]
pub(super) struct Page(Arc<Leaf>);

#[derive(Debug)]
struct Leaf {
    head: Head,
    body: Bytes,
    /// Up to which purge it is known to be untouched; none yet, where it comes from outside.
    purged: AtomicU64,
    /// When it was begun, in milliseconds.
    begun: u64,
}

/// When a page was begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    /// After so many purges: exact, and of this process only.
    pub(super) after: u64,
    /// At this time, in milliseconds.
    pub(super) at: u64,
}

/// All of a kept page but its body.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) facts: Facts,
}

impl Page {
    pub(super) fn new(head: Head, body: Bytes, begun: Begun) -> Self {
        Self(Arc::new(Leaf { head, body, purged: AtomicU64::new(begun.after), begun: begun.at }))
    }

    pub(super) fn head(&self) -> &Head {
        &self.0.head
    }

    /// Returns the body: the very bytes that are kept.
    pub(super) fn body(&self) -> &Bytes {
        &self.0.body
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.0.head.facts
    }

    pub(super) fn begun(&self) -> u64 {
        self.0.begun
    }

    pub(super) fn purged(&self) -> u64 {
        self.0.purged.load(Ordering::Acquire)
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
    status: u16,
    headers: Vec<(&'a str, Blob<'a>)>,
    facts: &'a Facts,
    begun: u64,
    body: Blob<'a>,
}

#[derive(Deserialize)]
#[serde(rename = "Page")]
struct Received {
    status: u16,
    headers: Vec<(String, Owned)>,
    facts: Facts,
    begun: u64,
    body: Owned,
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Head { status, headers, facts } = self.head();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), Blob(value.as_bytes()))).collect();
        let begun = self.begun();
        Sent { status: status.as_u16(), headers, facts, begun, body: Blob(self.body()) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Received { status, headers: lines, facts, begun, body } = Deserialize::deserialize(deserializer)?;
        let status = StatusCode::from_u16(status).map_err(de::Error::custom)?;
        let mut headers = HeaderMap::with_capacity(lines.len());
        for (name, Owned(value)) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(de::Error::custom)?;
            headers.append(name, HeaderValue::from_bytes(&value).map_err(de::Error::custom)?);
        }
        Ok(Self::new(Head { status, headers, facts }, body.0.into(), Begun { after: 0, at: begun }))
    }
}
