//! What those downstream are told of what pages are told apart by here: a cache of theirs would else hand a page to the wrong
//! client.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, COOKIE, EXPIRES};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use super::aspect::Aspect;
use super::grammar::Directives;
use super::headers::{CacheControl, vary};
use super::locale::{Language, TimeZone};
use super::named::Naming;
use super::sent::KIND;
use super::site::Setup;

/// Whose a page is, by what its place was told and a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Everybodys,
    /// That of all who have the same language and time zone.
    Some,
    /// That of one visitor, or of those whom somebody has let in.
    Ones,
}

impl Setup {
    fn whose(&self, request: &Parts) -> Whose {
        match () {
            () if self.guarded || self.goes_by_who_asks() => Whose::Ones,
            () if has_locale(request) => Whose::Some,
            () => Whose::Everybodys,
        }
    }

    /// Says in `Vary` by which headers a page is told apart. What a layer outside has put into a request is in no header:
    /// such a page is `private`, unless it says that it is `public`; and so is one that somebody stands guard over.
    pub(super) fn tell_downstream(&self, request: &Parts, headers: &mut HeaderMap) {
        // Answers to what was sent are kept by nobody downstream, and nothing else has a kind.
        let is_told = |name: &HeaderName| !(self.by_body && KIND.contains(name));
        let mut names = self.aspects.iter().map(header).filter(is_told).peekable();
        if names.peek().is_some() {
            vary(headers, names);
        }
        // What is encoded is a variant here, whether it says so or not.
        if headers.contains_key(CONTENT_ENCODING) && !self.view.everything {
            vary(headers, [ACCEPT_ENCODING]);
        }
        let (said, whose) = (Directives::of(headers), self.whose(request));
        if whose == Whose::Everybodys || said.public {
            return;
        }
        CacheControl::new().private().apply(headers);
        if whose == Whose::Ones {
            self.tell_browser(&said, headers);
        }
    }

    /// Says how long a browser may show a page of one visitor, whether it is kept here or not. The next one who logs in there
    /// is somebody else.
    fn tell_browser(&self, said: &Directives, headers: &mut HeaderMap) {
        // By what visitors are known, as far as a browser can tell: to log out, and in as another one, changes it.
        vary(headers, [COOKIE, AUTHORIZATION]);
        // What is not kept here gets no time that it does not have, unless that is none.
        let has_a_time = said.max_age.is_some() || headers.contains_key(EXPIRES);
        let Some(time) = self.browser.filter(|time| self.guarded && (*time == 0 || has_a_time)) else { return };
        let all = CacheControl::new().max_age(time);
        let is_shown_stale = time == 0 && said.stale_while_revalidate.is_some();
        if is_shown_stale { all.stale_while_revalidate(0) } else { all }.apply(headers);
    }

    fn goes_by_who_asks(&self) -> bool {
        self.naming == Naming::Personal || self.extensions.iter().any(|extension| extension.is_personal)
    }

    /// Returns whether two visitors of one URL may have two pages, each their own.
    pub(super) fn knows_visitors(&self) -> bool {
        let is_of_a_visitor = |aspect: &Aspect| self.guarded || [COOKIE, AUTHORIZATION].contains(&header(aspect));
        self.goes_by_who_asks() || self.aspects.iter().any(is_of_a_visitor)
    }
}

/// Returns whether a layer outside has said a language or a time zone, of which clients know nothing.
pub(super) fn has_locale(request: &Parts) -> bool {
    request.extensions.get::<Language>().is_some() || request.extensions.get::<TimeZone>().is_some()
}

fn header(aspect: &Aspect) -> HeaderName {
    match aspect {
        Aspect::Header(name) => name.clone(),
        Aspect::Cookie(_) => COOKIE,
    }
}
