//! What those downstream are told of what pages are told apart by here: a cache of theirs would else hand a page to the wrong
//! client.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use super::aspect::Aspect;
use super::grammar::Directives;
use super::headers::{CacheControl, vary};
use super::locale::{Language, TimeZone};
use super::sent::KIND;
use super::site::Setup;

impl Setup {
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
        let said = Directives::of(headers);
        if self.is_personal(request) && !said.public {
            CacheControl::new().private().apply(headers);
            self.tell_browser(&said, headers);
        }
    }

    /// Says how long a browser may show a page over which somebody stands guard, whether it is kept here or not. The next one
    /// who logs in there is somebody else.
    fn tell_browser(&self, said: &Directives, headers: &mut HeaderMap) {
        let Some(time) = self.browser.filter(|_| self.guarded) else { return };
        let all = CacheControl::new().max_age(time);
        if time > 0 {
            // By what guards know people: to log out, and in as another one, changes it.
            vary(headers, [COOKIE, AUTHORIZATION]);
        }
        let is_shown_stale = time == 0 && said.stale_while_revalidate.is_some();
        if is_shown_stale { all.stale_while_revalidate(0) } else { all }.apply(headers);
    }

    fn is_personal(&self, request: &Parts) -> bool {
        let extensions = &request.extensions;
        let is_told = extensions.get::<Language>().is_some() || extensions.get::<TimeZone>().is_some();
        is_told || self.guarded || self.extensions.iter().any(|extension| extension.is_personal)
    }
}

fn header(aspect: &Aspect) -> HeaderName {
    match aspect {
        Aspect::Header(name) => name.clone(),
        Aspect::Cookie(_) => COOKIE,
    }
}
