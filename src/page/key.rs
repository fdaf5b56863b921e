//! The name of a page: what was asked for, before anything that its variants are told apart by.
//!
//! It is made of the bytes of the request as they came: nothing is decoded, sorted, joined or lower-cased. Two spellings
//! of one resource are two pages, since a handler may tell them apart; a spelling of two never is one.

use std::borrow::Cow;
use std::fmt;

use axum::extract::OriginalUri;
use http::header::HOST;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Uri};

use super::hide::Query;
use crate::key::{Key, KeyPart, KeyWriter, mark};

/// The pattern that pages are kept under.
const PATTERN: &str = "page:<prefix>:<language>:<zone>:<scheme>:<host>:<path and query>";

/// Why nobody can say what a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// What is asked for, as the client wrote it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a [u8],
    pub(super) uri: &'a Uri,
    /// What has become of the address on its way.
    seen: Seen<'a>,
    depth: u8,
}

impl<'a> Asked<'a> {
    /// Reads it off a request; a router in a router has stripped its own path off the URI, and keeps the whole one.
    pub(super) fn of(request: &'a Parts) -> Result<Self, Unclear> {
        let uri = match request.extensions.get::<OriginalUri>() {
            Some(OriginalUri(whole)) => whole,
            None => &request.uri,
        };
        let (scheme, host) = (uri.scheme_str().unwrap_or_default(), host(uri, &request.headers)?);
        let depth = request.extensions.get().map_or(0, |Depth(depth)| *depth);
        Ok(Self { scheme, host, uri, seen: Seen::of(uri, &request.uri), depth })
    }

    /// Returns the path and the query that is told apart.
    pub(super) fn target(&self, query: &Query) -> Cow<'a, str> {
        query.visible(self.uri)
    }

    /// Returns all that is kept of this address, and of others, as far as it can be told from here.
    pub(super) fn with_others<'b>(&'b self, others: &'b [Uri]) -> impl Iterator<Item = Asked<'b>> {
        let here = [Seen::Whole, self.seen, Seen::Rewritten("/")];
        // A cache inside of this one, which sees no writes, may have kept it too.
        let inside = [Seen::Whole, Seen::Stripped(1), Seen::Stripped(2), Seen::Stripped(3), Seen::Rewritten("/")];
        let here = here.into_iter().map(|seen| (seen, self.depth));
        let ways = here.chain(inside.into_iter().map(|seen| (seen, self.depth.saturating_add(1))));
        let all = move |uri| ways.clone().map(move |(seen, depth)| Asked { uri, seen, depth, ..*self });
        all.clone()(self.uri).chain(others.iter().flat_map(all))
    }
}

/// What a handler sees of an address. A layer between may have sent two visitors of one address to two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen<'a> {
    Whole,
    /// All but so many segments at its beginning.
    Stripped(usize),
    /// Something else.
    Rewritten(&'a str),
}

impl<'a> Seen<'a> {
    fn of(whole: &Uri, seen: &'a Uri) -> Self {
        if whole.query() != seen.query() {
            return Self::Rewritten(seen.path_and_query().map_or("", |seen| seen.as_str()));
        }
        let segments = |path: &str| path.bytes().filter(|byte| *byte == b'/').count();
        match whole.path().strip_suffix(seen.path()) {
            Some("") => Self::Whole,
            Some(prefix) => Self::Stripped(segments(prefix)),
            None => Self::Rewritten(seen.path()),
        }
    }

    fn write(self, key: &mut KeyWriter<'_>) {
        let (stripped, rewritten) = match self {
            Self::Whole => (0, None),
            Self::Stripped(segments) => (segments, None),
            Self::Rewritten(path) => (0, Some(path)),
        };
        key.part(&stripped).literal(":").part(&rewritten).literal(":");
    }
}

/// Returns the one host that a request names. Where there are two, a handler may read the other one.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a [u8], Unclear> {
    let mut lines = headers.get_all(HOST).iter().map(HeaderValue::as_bytes);
    let line = lines.next();
    if lines.next().is_some() {
        return Err(Unclear);
    }
    match (uri.authority().map(|authority| authority.as_str().as_bytes()), line) {
        (Some(authority), Some(line)) if authority != line => Err(Unclear),
        (Some(authority), _) if authority.contains(&b'@') => Err(Unclear),
        (Some(host), _) | (None, Some(host)) => Ok(host),
        (None, None) => Ok(b""),
    }
}

/// What the program says of who asks, and what is therefore told apart: `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Locale<'a> {
    pub(super) language: Option<&'a str>,
    pub(super) zone: Option<&'a str>,
}

/// How many caches stand around the one that a request has come to. Each keeps pages of its own: what a layer between
/// two of them adds to a page is not for the inner one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth(u8);

impl Depth {
    /// Tells caches further inside that they are.
    pub(super) fn enter(request: &mut Parts) {
        let depth = request.extensions.get().map_or(0, |Self(depth)| *depth);
        request.extensions.insert(Self(depth.saturating_add(1)));
    }
}

/// Something that layers outside put into requests, and how it is written into a key.
#[derive(Clone, Copy)]
pub(super) struct Told(fn(&Extensions, &mut KeyWriter<'_>));

impl Told {
    pub(super) fn of<T: KeyPart + Send + Sync + 'static>() -> Self {
        Self(|told, key| {
            key.part(&told.get::<T>()).literal(":");
        })
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an extension")
    }
}

/// What all keys of a place hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) prefix: &'a str,
    pub(super) locale: Locale<'a>,
    pub(super) told: &'a [Told],
}

/// Writes the key of a page.
pub(super) fn key(place: &Place<'_>, extensions: &Extensions, asked: &Asked<'_>, query: &Query) -> Key {
    const MARK: u64 = mark(PATTERN);
    let Place { prefix, locale, told } = place;
    Key::write(MARK, |key| {
        key.literal("page");
        // Most pages have none of these.
        if asked.depth > 0 || asked.seen != Seen::Whole || !told.is_empty() {
            key.literal("-in:").part(&asked.depth).literal(":");
            asked.seen.write(key);
            key.part(&told.len()).literal(":");
            told.iter().for_each(|told| told.0(extensions, key));
        } else {
            key.literal(":");
        }
        key.text(prefix).literal(":");
        key.part(&locale.language.unwrap_or_default()).literal(":").part(&locale.zone.unwrap_or_default()).literal(":");
        key.text(asked.scheme).literal(":").bytes(asked.host).literal(":").rest(asked.target(query).as_bytes());
    })
}
