//! Forms that other sites send here are refused.
//!
//! A browser says with each form where it comes from, and no page can have it say something else. The cookie of a
//! session says `SameSite=Lax` besides. So there is no token in the forms; in a page that is kept it would be a hole,
//! as the one in `html/detail.rs`.

/// Returns whether a form stands on a page of this site, by the headers `Origin` and `Host` of the request that brings
/// it.
pub fn is_own(origin: Option<&str>, host: Option<&str>) -> bool {
    // The scheme is left out: behind a proxy that speaks TLS nobody knows here which one the browser sees.
    let origin = origin.and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, from)| Some(from) == host)
}
