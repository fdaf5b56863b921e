//! What runs behind the cache sees what pages are told apart by, and nothing else: what it cannot read cannot shape a
//! page that others are handed.

use std::borrow::Cow;

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HOST, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, Version};

use super::aspect::{Aspect, lines};
use super::grammar::{cookies, quality};
use super::meaning;
use super::whole;

/// What of a request a handler gets to see.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// Whether nothing is hidden: who runs behind the cache then says in `Vary` what it has read.
    pub(super) everything: bool,
    /// Whether nobody may choose an encoding: holes are seen in what has none.
    pub(super) no_encodings: bool,
    /// Whether headers that say the same are told apart by how they are written.
    pub(super) by_letter: bool,
    pub(super) headers: Vec<HeaderName>,
    pub(super) cookies: Vec<Box<str>>,
    pub(super) offers: Vec<Offer>,
    pub(super) query: Query,
}

/// A header by which a client chooses, and what there is to choose from.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) header: HeaderName,
    pub(super) choices: Vec<HeaderValue>,
}

/// Which parameters of a query count.
#[derive(Clone, Debug)]
pub(super) enum Query {
    All,
    These(Vec<Box<str>>),
}

impl Default for View {
    fn default() -> Self {
        Self {
            everything: false,
            no_encodings: false,
            by_letter: true,
            headers: vec![HOST],
            cookies: Vec::new(),
            offers: Vec::new(),
            query: Query::All,
        }
    }
}

impl View {
    /// Returns what is to be seen of a request under this aspect.
    pub(super) fn value<'a>(&self, request: &'a HeaderMap, aspect: &Aspect) -> Option<Cow<'a, [u8]>> {
        match aspect {
            Aspect::Cookie(name) => cookies::named(request, |other| other == name.as_bytes()).map(Cow::Owned),
            Aspect::Header(name) => self.header(request, name),
        }
    }

    fn header<'a>(&self, request: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
        if self.no_encodings && name == ACCEPT_ENCODING {
            return None;
        }
        if let Some(offer) = self.offers.iter().find(|offer| offer.header == name) {
            return offer.choice(request).map(|choice| Cow::Owned(choice.as_bytes().to_vec()));
        }
        self.line(request, name)
    }

    /// Returns what is to be seen of a header that is not chosen by, all lines of it. Who is authorized is seen by a
    /// handler whose page is for nobody else, or which says that it is.
    fn line<'a>(&self, request: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
        if self.everything || self.headers.contains(name) || name == AUTHORIZATION {
            return if self.by_letter { lines(request, name) } else { meaning::of(request, name) };
        }
        match *name {
            COOKIE => self.cookies_of(request).map(Cow::Owned),
            // They are negotiated by layers which say so in `Vary`; of one that does not, no stranger's text becomes a
            // page.
            ACCEPT_ENCODING => lines(request, name).map(quality::encodings),
            _ => None,
        }
    }

    /// Returns whether nothing is to be seen of a header, whatever a request says there.
    pub(super) fn hides(&self, name: &HeaderName) -> bool {
        let is_chosen_by = self.offers.iter().any(|offer| offer.header == name);
        let is_shown =
            self.everything || self.headers.contains(name) || [AUTHORIZATION, ACCEPT_ENCODING].contains(name);
        !is_chosen_by && !is_shown && (name != COOKIE || self.cookies.is_empty())
    }

    fn cookies_of(&self, request: &HeaderMap) -> Option<Vec<u8>> {
        cookies::named(request, |name| self.cookies.iter().any(|shown| shown.as_bytes() == name))
    }

    /// Makes a request into one that holds only what is to be seen. A page that is for nobody else may see who asks.
    pub(super) fn apply(&self, request: &mut Parts, is_authorized: bool) {
        forget_conditions(&mut request.headers);
        if !self.everything {
            // Nothing tells pages apart by it, and whoever sends them writes them as their client can read them.
            request.version = Version::HTTP_11;
            request.headers = self.seen(&request.headers, is_authorized);
        }
        for offer in &self.offers {
            match offer.choice(&request.headers) {
                Some(choice) => drop(request.headers.insert(&offer.header, choice)),
                None => drop(request.headers.remove(&offer.header)),
            }
        }
        if self.no_encodings {
            request.headers.remove(ACCEPT_ENCODING);
        }
        self.query.apply(request);
    }

    /// Returns the headers that are to be seen. Several lines of one become one: what is seen is what is told apart.
    fn seen(&self, headers: &HeaderMap, is_authorized: bool) -> HeaderMap {
        let mut seen = HeaderMap::new();
        let mut show = |name: &HeaderName, line: Option<Cow<'_, [u8]>>| {
            if let Some(value) = line.and_then(|line| HeaderValue::from_bytes(&line).ok()) {
                seen.insert(name, value);
            }
        };
        show(&ACCEPT_ENCODING, self.line(headers, &ACCEPT_ENCODING));
        // Those that are named are seen as they came.
        for name in self.headers.iter().chain(self.offers.iter().map(|offer| &offer.header)) {
            show(name, lines(headers, name));
        }
        show(&COOKIE, self.line(headers, &COOKIE));
        show(&AUTHORIZATION, self.line(headers, &AUTHORIZATION).filter(|_| is_authorized));
        seen
    }
}

/// Takes out of a request what asks for a part of a page, or for none if it is as it was.
pub(super) fn forget_conditions(headers: &mut HeaderMap) {
    for name in [IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE, RANGE] {
        headers.remove(name);
    }
}

impl Offer {
    /// Returns what is chosen; `None` where a client wants nothing of it.
    fn choice(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let wish = lines(request, &self.header)?;
        quality::best(&wish, self.choices.iter().map(HeaderValue::as_bytes)).map(|best| self.choices[best].clone())
    }
}

impl Query {
    /// Returns the path with the part of the query that counts.
    pub(super) fn visible<'a>(&self, uri: &'a Uri) -> Cow<'a, str> {
        let Self::These(names) = self else {
            return Cow::Borrowed(uri.path_and_query().map_or("/", |whole| whole.as_str()));
        };
        let is_named = |pair: &&str| names.iter().any(|name| **name == *pair.split('=').next().unwrap_or_default());
        let kept: Vec<_> = uri.query().unwrap_or_default().split('&').filter(is_named).collect();
        if kept.is_empty() {
            return Cow::Borrowed(uri.path());
        }
        Cow::Owned(format!("{}?{}", uri.path(), kept.join("&")))
    }

    fn apply(&self, request: &mut Parts) {
        let Self::These(_) = self else { return };
        self.narrow(&mut request.uri);
        if let Some(whole) = whole::of_mut(&mut request.extensions) {
            self.narrow(whole);
        }
    }

    fn narrow(&self, uri: &mut Uri) {
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = self.visible(uri).parse().ok();
        if let Ok(narrowed) = Uri::from_parts(parts) {
            *uri = narrowed;
        }
    }
}
