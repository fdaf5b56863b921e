//! The name of a page: what was asked for, before anything that its variants are told apart by.
//!
//! It is made of the bytes of the request as they came: nothing is decoded, sorted, joined or lower-cased. Two spellings
//! of one resource are two pages, since a handler may tell them apart; a spelling of two never is one.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::ptr;

use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Extensions, Uri};

use super::hide::Query;
use super::locale::Locale;
use super::named::{Named, Naming};
use super::names::Names;
use super::whole;
use crate::key::{KeyPart, KeyWriter, mark};

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
}

impl<'a> Asked<'a> {
    /// Reads it off a request; a router in a router has stripped its own path off the URI, and keeps the whole one.
    pub(super) fn of(request: &'a Parts) -> Result<Self, Unclear> {
        Self::named(request, &Names::of(&request.headers))
    }

    /// Does so with what its names have said already.
    pub(super) fn named(request: &'a Parts, names: &Names<'a>) -> Result<Self, Unclear> {
        let uri = whole::of(&request.extensions).unwrap_or(&request.uri);
        let (scheme, host) = (uri.scheme_str().unwrap_or_default(), host(uri, names)?);
        Ok(Self { scheme, host, uri, seen: Seen::of(uri, &request.uri) })
    }

    /// Returns the path and the query that is told apart.
    pub(super) fn target(&self, query: &Query) -> Cow<'a, str> {
        query.visible(self.uri)
    }

    /// Returns the same for another address.
    pub(super) fn at(&self, uri: &'a Uri) -> Self {
        Self { uri, ..*self }
    }

    /// Returns what else may be kept of this address, as far as it can be told from here.
    pub(super) fn ways(&self) -> impl Iterator<Item = Self> {
        // A layer further inside, which sees no writes, sees less of the address.
        let inside = [Seen::Stripped(1), Seen::Stripped(2), Seen::Stripped(3), Seen::Rewritten("/")];
        let ways = [Seen::Whole, self.seen].into_iter().chain(inside);
        ways.map(|seen| Self { seen, ..*self })
    }

    /// Returns the whole address, with its scheme and its host.
    pub(super) fn absolute(&self) -> Option<Uri> {
        let scheme = if self.scheme.is_empty() { Scheme::HTTP } else { self.scheme.parse().ok()? };
        let authority = Authority::try_from(self.host).ok()?;
        Uri::builder()
            .scheme(scheme)
            .authority(authority)
            .path_and_query(self.uri.path_and_query()?.clone())
            .build()
            .ok()
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
    /// Something at another host.
    Elsewhere(&'a Uri),
}

impl<'a> Seen<'a> {
    fn of(whole: &Uri, seen: &'a Uri) -> Self {
        if (whole.scheme(), whole.authority()) != (seen.scheme(), seen.authority()) {
            return Self::Elsewhere(seen);
        }
        // As a rule one is a copy of the other, and shares its bytes.
        let texts = [whole, seen].map(|uri| uri.path_and_query().map_or("", PathAndQuery::as_str));
        if ptr::eq(texts[0], texts[1]) || texts[0] == texts[1] {
            return Self::Whole;
        }
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
            Self::Rewritten(path) => (0, Some(Cow::Borrowed(path))),
            // A path begins with a slash, and a host does not.
            Self::Elsewhere(uri) => (0, Some(Cow::Owned(uri.to_string()))),
        };
        key.part(&stripped).literal(":").part(&rewritten).literal(":");
    }
}

/// Returns the one host that a request names. Where there are two, a handler may read the other one; a line without a host names
/// none, and is no request without that line; and an address that is a host alone, as that of a tunnel, is that of no page.
fn host<'a>(uri: &'a Uri, names: &Names<'a>) -> Result<&'a [u8], Unclear> {
    let is_host_alone = uri.authority().is_some() && uri.scheme().is_none();
    if names.two_hosts || names.host == Some(b"") || is_host_alone {
        return Err(Unclear);
    }
    match (uri.authority().map(|authority| authority.as_str().as_bytes()), names.host) {
        (Some(authority), Some(line)) if authority != line => Err(Unclear),
        (Some(authority), _) if authority.contains(&b'@') => Err(Unclear),
        (Some(host), _) | (None, Some(host)) => Ok(host),
        (None, None) => Ok(b""),
    }
}

/// What a request was told on its way, beside its address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) extensions: &'a Extensions,
    /// By its handler, where that is not among the extensions.
    pub(super) named: Option<&'a Named>,
}

impl<'a> Told<'a> {
    pub(super) fn of(request: &'a Parts) -> Self {
        Self { extensions: &request.extensions, named: None }
    }

    #[inline]
    fn named(self, naming: Naming) -> Option<&'a Named> {
        if naming == Naming::Unnamed { None } else { self.named.or_else(|| self.extensions.get()) }
    }
}

/// Something that layers outside put into requests, and how it is written into a key.
#[derive(Clone, Copy)]
pub(super) struct Extension {
    name: &'static str,
    /// Whether it says who asks, so that nobody downstream may take the page for another one's.
    pub(super) is_personal: bool,
    write: fn(&Extensions, &mut KeyWriter<'_>),
    #[cfg(feature = "actix")]
    carry: super::carried::Carry,
}

impl Extension {
    pub(super) fn of<T: KeyPart + Clone + Send + Sync + 'static>() -> Self {
        let write: fn(&Extensions, &mut KeyWriter<'_>) = |all, key| {
            key.literal(":").part(&all.get::<T>());
        };
        Self {
            name: type_name::<T>(),
            is_personal: true,
            write,
            #[cfg(feature = "actix")]
            carry: super::carried::carry::<T>,
        }
    }

    /// Takes it out of a request of actix, where somebody has put it there.
    #[cfg(feature = "actix")]
    pub(super) fn carry(&self, theirs: &actix_web::dev::Extensions, ours: &mut Extensions) {
        (self.carry)(theirs, ours);
    }

    /// Says that it tells nothing of who asks.
    pub(super) fn of_nobody(self) -> Self {
        Self { is_personal: false, ..self }
    }
}

/// The mark of a place is made of this.
impl fmt::Debug for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What all keys of a place hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) prefix: &'a str,
    pub(super) locale: Locale<'a>,
    pub(super) naming: Naming,
    pub(super) extensions: &'a [Extension],
}

/// What the keys of pages are written under.
pub(super) const MARK: u64 = mark(PATTERN);

/// Writes the key of a page.
#[inline]
pub(super) fn write(place: &Place<'_>, told: Told<'_>, asked: &Asked<'_>, query: &Query, key: &mut KeyWriter<'_>) {
    let Place { prefix, locale, naming, extensions } = place;
    let is_usual = asked.seen == Seen::Whole && extensions.is_empty() && prefix.is_empty() && asked.scheme.is_empty();
    if is_usual && *locale == Locale::default() {
        // Of most sites nobody says more.
        key.literal("page");
    } else {
        write_more(place, told, asked, key);
    }
    if let Some(named) = told.named(*naming) {
        named.write(key);
    }
    key.literal(":").bytes(asked.host).literal(":").rest(asked.target(query).as_bytes());
}

fn write_more(place: &Place<'_>, told: Told<'_>, asked: &Asked<'_>, key: &mut KeyWriter<'_>) {
    let Place { prefix, locale: Locale { language, zone }, extensions, .. } = place;
    key.literal("page-in:");
    asked.seen.write(key);
    key.part(&extensions.len());
    extensions.iter().for_each(|extension| (extension.write)(told.extensions, key));
    key.literal(":").text(prefix).literal(":").part(language).literal(":").part(zone).literal(":");
    key.text(asked.scheme);
}
