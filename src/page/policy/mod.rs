//! What may be kept, for how long, and what a stored response may answer: RFC 9111 as a shared cache at the origin, RFC
//! 5861 for what is stale, RFC 9213 for fields that are meant for some caches. Pure: no clock, no store.

mod ask;
mod empties;
mod facts;
mod fresh;
mod keep;
mod part;
mod post;
mod reuse;
mod statuses;
mod update;

use http::{HeaderMap, HeaderName};

pub(crate) use ask::{Ask, Wanted};
pub(crate) use cache_core::explain::page::{Pass, Refusal};
pub(crate) use empties::{also_empties, empties};
pub(crate) use facts::Facts;
pub(crate) use keep::Times;
pub(crate) use post::is_page_of;
pub(crate) use reuse::{Reuse, is_failure, is_of_the_moment};
pub use statuses::Statuses;
pub(crate) use update::{conditions, freshens, head_agrees, updated};

use super::grammar::{Directives, surrogate};

#[cfg(test)]
mod conformance;

/// What a site wants of its pages: plain data.
///
/// By default only what says a time is kept, clients decide nothing, and nothing is served stale that does not say so.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice for itself")]
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// How long a response is fresh, in seconds; what the response says may only shorten it.
    pub(crate) time: Option<u64>,
    /// How long a response is fresh that says nothing of it, in seconds, where there is no `time`. `None`: it is not
    /// kept.
    pub(crate) usual: Option<u64>,
    /// Whether a response that says nothing, where there is no `time`, is fresh for a tenth of the time since it was
    /// last modified, before `usual` is thought of.
    pub(crate) heuristics: bool,
    /// Whether what requests say to caches is obeyed: `no-cache`, `max-age`, `max-stale`, `min-fresh`,
    /// `only-if-cached`, `no-store`, `stale-if-error`, and `Pragma`. Strangers can empty a cache with it.
    pub(crate) trust_client: bool,
    /// Whether a response is never used without asking whose `Age` is anything but one number, since nobody can tell how old
    /// it is. If not, the first number counts, and what is none is as if it was not there (RFC 9111, 5.1).
    pub(crate) doubt_age: bool,
    /// Whether a server error is kept that says how long, or that it is public.
    pub(crate) keep_errors: bool,
    /// Whether a response that sets a cookie is kept, with its cookies.
    pub(crate) keep_cookies: bool,
    /// Which status codes are kept.
    pub(crate) statuses: Statuses,
    /// The fields that are obeyed in the place of `Cache-Control` and `Expires`; the first that is there counts.
    pub(crate) targeted: Vec<HeaderName>,
    /// How long a response may be served stale while another is made, in seconds, where it does not say so itself.
    pub(crate) stale: u64,
    /// How long a response may be served stale when making another fails, in seconds, where it does not say so itself.
    pub(crate) stale_if_error: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            time: None,
            usual: None,
            heuristics: false,
            trust_client: false,
            doubt_age: true,
            keep_errors: false,
            keep_cookies: false,
            statuses: Statuses::default(),
            targeted: vec![HeaderName::from_static("cdn-cache-control")],
            stale: 0,
            stale_if_error: 0,
        }
    }
}

impl Policy {
    /// Makes one that does all that RFC 9111 lets a shared cache do, and obeys its clients.
    ///
    /// What it kept is served for another day when the origin breaks, unless the response forbids that.
    #[must_use]
    pub(crate) fn rfc() -> Self {
        Self {
            heuristics: true,
            trust_client: true,
            doubt_age: false,
            keep_errors: true,
            keep_cookies: true,
            statuses: Statuses::any(),
            stale_if_error: 86_400,
            ..Self::default()
        }
    }

    /// Reads what a response says to this cache, and whether a targeted field says it; `Expires` then counts no more
    /// than `Cache-Control` does (RFC 9213, 2.2).
    fn said(&self, headers: &HeaderMap) -> (Directives, bool) {
        let read = |field: &HeaderName| {
            let is_older = *field == surrogate::SURROGATE_CONTROL;
            if is_older { surrogate::of(headers) } else { Directives::targeted(headers, field) }
        };
        let targeted = self.targeted.iter().find_map(read);
        targeted.map_or_else(|| (Directives::of(headers), false), |directives| (directives, true))
    }
}
