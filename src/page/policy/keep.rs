//! May a response be kept, and what is it worth then?

use http::header::{AGE, ETAG, LAST_MODIFIED, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, StatusCode};

use super::fresh::{self, millis};
use super::statuses::{is_heuristic, is_understood};
use super::update::without_hops;
use super::{Facts, Policy, Refusal, Wanted, is_failure};
use crate::page::grammar::{Directives, Fields, age, date, list, vary};

/// When the handler was asked, when it had answered, and how long it says that its answer is good for; in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) asked: u64,
    pub(crate) answered: u64,
    pub(crate) good_for: Option<u64>,
}

impl Times {
    /// Returns when the answer came, in seconds.
    pub(super) fn seconds(self) -> u64 {
        self.answered / 1000
    }
}

/// A response, and what it says.
struct Said<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
    directives: Directives,
    /// How long it says that it is fresh, in seconds.
    explicit: Option<u64>,
    times: Times,
}

impl Policy {
    /// Says what a response is worth once it is kept, or why it is not kept.
    pub(crate) fn keep(
        &self,
        wanted: &Wanted,
        status: StatusCode,
        headers: &HeaderMap,
        times: Times,
    ) -> Result<Facts, Refusal> {
        self.judge(wanted, &self.read(status, headers, times))
    }

    /// Says the same of a response that is kept only where it says itself how long it is fresh.
    pub(crate) fn keep_explicit(
        &self,
        wanted: &Wanted,
        status: StatusCode,
        headers: &HeaderMap,
        times: Times,
    ) -> Result<Facts, Refusal> {
        let said = self.read(status, headers, times);
        if said.explicit.is_some() { self.judge(wanted, &said) } else { Err(Refusal::NoTime) }
    }

    /// Reads what a response says.
    fn read<'a>(&self, status: StatusCode, headers: &'a HeaderMap, times: Times) -> Said<'a> {
        let (directives, targeted) = self.said(headers);
        let explicit = fresh::explicit(&directives, targeted, headers, times);
        Said { status, headers, directives, explicit, times }
    }

    fn judge(&self, wanted: &Wanted, said: &Said) -> Result<Facts, Refusal> {
        match self.refusal(wanted, said) {
            Some(refusal) => Err(refusal),
            None => self.worth(said),
        }
    }

    /// Returns which rule is broken, of RFC 9111, 3, and of the site.
    fn refusal(&self, wanted: &Wanted, said: &Said) -> Option<Refusal> {
        let directives = &said.directives;
        let rules = [
            (wanted.head, Refusal::Head),
            (!self.keeps_status(said), Refusal::Status),
            (directives.must_understand && !is_understood(said.status), Refusal::NotUnderstood),
            // Who understands the status code takes no heed of `no-store` beside `must-understand` (RFC 9111, 5.2.2.3).
            (directives.no_store && !directives.must_understand, Refusal::NoStore),
            (directives.private == Fields::Everything, Refusal::Private),
            (wanted.authorized && !said.is_for_authorized(), Refusal::Authorization),
            (!self.keep_cookies && said.sets_a_cookie(), Refusal::Cookie),
            (varies_on_all(said.headers), Refusal::Vary),
        ];
        rules.into_iter().find_map(|(broken, refusal)| broken.then_some(refusal))
    }

    fn keeps_status(&self, said: &Said) -> bool {
        let explicit = said.explicit.is_some() || said.directives.public;
        let allowed = self.keep_errors || !said.status.is_server_error();
        allowed && self.statuses.keep(said.status, explicit)
    }

    fn worth(&self, said: &Said) -> Result<Facts, Refusal> {
        let always_ask = said.directives.no_cache == Fields::Everything;
        // What is asked for each time needs no time to be kept.
        let fresh = self.fresh(said).or(always_ask.then_some(0)).ok_or(Refusal::NoTime)?;
        let is_doubted = self.doubt_age && age::is_in_doubt(said.headers);
        let mut facts = Facts {
            born: fresh::birth(said.headers, said.times),
            fresh,
            stale: 0,
            stale_if_error: 0,
            always_ask: always_ask || is_doubted,
            never_stale: said.is_never_stale(),
            for_authorized: said.is_for_authorized(),
            validator: said.has_validator(),
        };
        self.lend(&mut facts, &said.directives, said.status);
        if facts.is_of_use(said.times.answered) { Ok(facts) } else { Err(Refusal::Useless) }
    }

    /// Returns how long it is fresh, in milliseconds.
    fn fresh(&self, said: &Said) -> Option<u64> {
        match (self.most(said.status, said.times), said.explicit.map(millis)) {
            (Some(most), Some(explicit)) => Some(most.min(explicit)),
            (Some(time), None) | (None, Some(time)) => Some(time),
            (None, None) => self.guessed(said).or(self.usual).map(millis),
        }
    }

    /// Returns how long it is fresh at most, in milliseconds, whatever the response says: what the handler says comes before
    /// the site's time, and so does one that a status code has of its own.
    pub(crate) fn most(&self, status: StatusCode, times: Times) -> Option<u64> {
        times.good_for.or_else(|| self.statuses.time(status).or(self.time).map(millis))
    }

    fn guessed(&self, said: &Said) -> Option<u64> {
        let allowed = self.heuristics && (is_heuristic(said.status) || said.directives.public);
        allowed.then(|| fresh::guess(said.headers, said.times)).flatten()
    }

    /// Adds how long the response may be served stale.
    ///
    /// `s-maxage` forbids that as `proxy-revalidate` does (RFC 9111, 4.2.4). A response that says in the same breath how
    /// long it may be stale (RFC 5861) is taken at its word, though: who writes both means both.
    fn lend(&self, facts: &mut Facts, directives: &Directives, status: StatusCode) {
        let forbidden = directives.must_revalidate || directives.proxy_revalidate || facts.always_ask;
        let may = |said: Option<u64>, usual: u64| match said {
            _ if forbidden => 0,
            Some(said) => millis(said),
            None if facts.never_stale => 0,
            None => millis(usual),
        };
        facts.stale = may(directives.stale_while_revalidate, self.stale);
        // An error is no better than the error that it would stand in for.
        let failed = is_failure(status);
        facts.stale_if_error = if failed { 0 } else { may(directives.stale_if_error, self.stale_if_error) };
    }

    /// Returns the headers of a response that are kept (RFC 9111, 3.1): without those that are for one connection, and
    /// without those that the response names in `no-cache="…"` or `private="…"`. `Age` is kept as [`Facts::born`].
    pub(crate) fn kept_headers(&self, answer: &HeaderMap) -> HeaderMap {
        let (directives, _) = self.said(answer);
        without_hops(answer, |name| *name == AGE || names(&directives, name))
    }
}

impl Said<'_> {
    /// Returns whether it may answer requests with `Authorization` (RFC 9111, 3.5).
    fn is_for_authorized(&self) -> bool {
        self.directives.public || self.directives.must_revalidate || self.directives.s_maxage.is_some()
    }

    /// Returns whether it forbids that it is served stale (RFC 9111, 4.2.4).
    fn is_never_stale(&self) -> bool {
        let directives = &self.directives;
        directives.must_revalidate || directives.proxy_revalidate || directives.s_maxage.is_some()
    }

    /// Returns whether others would be handed a cookie. One that the response itself keeps out of caches is not there.
    fn sets_a_cookie(&self) -> bool {
        self.headers.contains_key(SET_COOKIE) && !names(&self.directives, &SET_COOKIE)
    }

    fn has_validator(&self) -> bool {
        let modified = || date::of(self.headers, &LAST_MODIFIED, self.times.seconds());
        self.headers.contains_key(ETAG) || modified().is_some()
    }
}

/// Returns whether a field is one of those that are not kept.
fn names(directives: &Directives, field: &HeaderName) -> bool {
    let named = |fields: &Fields| matches!(fields, Fields::These(names) if names.contains(field));
    named(&directives.no_cache) || named(&directives.private)
}

/// Returns whether no other request is like the one that was answered.
fn varies_on_all(headers: &HeaderMap) -> bool {
    list::elements(headers, &VARY).any(vary::is_any)
}

#[cfg(test)]
mod tests;
