//! What a request wants of a cache, before anything is looked for.

use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderMap, Method};

use super::{Pass, Policy};
use crate::page::grammar::{Directives, list};

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// It goes to the handler untouched, and its answer is not kept.
    Pass(Pass),
    /// Something is looked for.
    Look(Wanted),
}

/// What a request wants. The fields after `authorized` are said by clients that are trusted; times are in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that a request can say")]
pub(crate) struct Wanted {
    /// The head only.
    pub(crate) head: bool,
    /// It has `Authorization`.
    pub(crate) authorized: bool,
    /// Nothing stored without asking: `no-cache`, `max-age=0`, `Pragma: no-cache`.
    pub(crate) no_cache: bool,
    /// Something stored or nothing: where it would be asked or made, the answer is 504.
    pub(crate) only_if_cached: bool,
    /// Nothing older.
    pub(crate) max_age: Option<u64>,
    /// Nothing that is stale before.
    pub(crate) min_fresh: Option<u64>,
    /// Nothing that has been stale for longer; `u64::MAX`: anything.
    pub(crate) max_stale: Option<u64>,
    /// When making another fails, nothing that has been stale for longer (RFC 5861, 4).
    pub(crate) stale_if_error: Option<u64>,
}

impl Policy {
    /// Reads what a request wants, of which it is known whether it has `Authorization`.
    pub(crate) fn ask(&self, method: &Method, headers: &HeaderMap, authorized: bool) -> Ask {
        if *method != Method::GET && *method != Method::HEAD {
            return Ask::Pass(Pass::Method);
        }
        let wanted = Wanted { head: *method == Method::HEAD, authorized, ..Wanted::default() };
        if self.trust_client { trusted(wanted, headers) } else { Ask::Look(wanted) }
    }
}

fn trusted(wanted: Wanted, headers: &HeaderMap) -> Ask {
    if !headers.contains_key(CACHE_CONTROL) {
        // RFC 9111, 5.4: what `Pragma` says counts only where there is no `Cache-Control`.
        return Ask::Look(Wanted { no_cache: pragma(headers), ..wanted });
    }
    let said = Directives::of(headers);
    if said.no_store {
        return Ask::Pass(Pass::NoStore);
    }
    Ask::Look(Wanted {
        // A page that was kept within this second is no older than zero seconds, but that is not what reloading asks
        // for.
        no_cache: said.no_cache.is_said() || said.max_age == Some(0),
        only_if_cached: said.only_if_cached,
        max_age: said.max_age,
        min_fresh: said.min_fresh,
        max_stale: said.max_stale,
        stale_if_error: said.stale_if_error,
        ..wanted
    })
}

fn pragma(headers: &HeaderMap) -> bool {
    list::elements(headers, &PRAGMA).any(|element| element.eq_ignore_ascii_case(b"no-cache"))
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn ask(policy: &Policy, method: &str, headers: &[(&'static str, &'static str)]) -> Ask {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let headers: HeaderMap = headers.iter().map(pair).collect();
        policy.ask(&method, &headers, headers.contains_key(AUTHORIZATION))
    }

    #[test]
    fn only_get_and_head_are_looked_for_and_methods_have_a_case() {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "M-SEARCH", "get", "Head"] {
            assert_eq!(ask(&Policy::rfc(), method, &[]), Ask::Pass(Pass::Method), "{method}");
        }
        assert_eq!(ask(&Policy::rfc(), "GET", &[]), Ask::Look(Wanted::default()));
        assert_eq!(ask(&Policy::rfc(), "HEAD", &[]), Ask::Look(Wanted { head: true, ..Wanted::default() }));
    }

    #[test]
    fn a_client_that_is_not_trusted_says_nothing_but_who_it_is() {
        let headers = [("cache-control", "no-store, no-cache, only-if-cached, max-age=0"), ("authorization", "x")];
        let expected = Wanted { authorized: true, ..Wanted::default() };
        assert_eq!(ask(&Policy::default(), "GET", &headers), Ask::Look(expected));
        assert_eq!(ask(&Policy::default(), "GET", &[("pragma", "no-cache")]), Ask::Look(Wanted::default()));
    }

    #[test]
    fn a_trusted_client_is_obeyed() {
        let none = Wanted::default();
        let no_cache = Wanted { no_cache: true, ..none };
        let table = [
            ("no-cache", no_cache),
            ("No-Cache", no_cache),
            ("max-age=0", Wanted { max_age: Some(0), ..no_cache }),
            ("max-age=1", Wanted { max_age: Some(1), ..none }),
            ("min-fresh=2000", Wanted { min_fresh: Some(2000), ..none }),
            ("max-stale=1000", Wanted { max_stale: Some(1000), ..none }),
            ("max-stale", Wanted { max_stale: Some(u64::MAX), ..none }),
            ("only-if-cached", Wanted { only_if_cached: true, ..none }),
            ("stale-if-error=60", Wanted { stale_if_error: Some(60), ..none }),
            ("nothing-to-see-here", none),
        ];
        for (said, expected) in table {
            assert_eq!(ask(&Policy::rfc(), "GET", &[("cache-control", said)]), Ask::Look(expected), "{said}");
        }
        assert_eq!(ask(&Policy::rfc(), "GET", &[("cache-control", "no-store")]), Ask::Pass(Pass::NoStore));
    }

    #[test]
    fn pragma_counts_where_there_is_no_cache_control() {
        let look = |no_cache| Ask::Look(Wanted { no_cache, ..Wanted::default() });
        assert_eq!(ask(&Policy::rfc(), "GET", &[("pragma", "x, No-Cache")]), look(true));
        assert_eq!(ask(&Policy::rfc(), "GET", &[("pragma", "unrecognised-extension")]), look(false));
        assert_eq!(ask(&Policy::rfc(), "GET", &[("pragma", "no-cache"), ("cache-control", "x")]), look(false));
    }
}
