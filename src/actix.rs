#![doc = include_str!("docs/actix.md")]

/// Says in the response of a handler of actix what caches are told of it, in the words of
/// [`#[cache_control]`](https://docs.rs/larder/latest/larder/attr.cache_control.html).
pub use cache_macros::cache_control_of_actix as cache_control;
#[doc = include_str!("docs/actix_cache_page.md")]
pub use cache_macros::cache_page_of_actix as cache_page;
/// Answers clients of a handler of actix that have the page already, by its `ETag`, as
/// [`#[etag]`](https://docs.rs/larder/latest/larder/attr.etag.html) does.
pub use cache_macros::etag_of_actix as etag;
/// Answers clients of a handler of actix that have the page already, by the time of its last change, as
/// [`#[last_modified]`](https://docs.rs/larder/latest/larder/attr.last_modified.html) does.
pub use cache_macros::last_modified_of_actix as last_modified;
/// Says in the response of a handler of actix that nobody keeps it.
pub use cache_macros::never_cache_of_actix as never_cache;
/// Says in the response of a handler of actix that it depends on the cookies of the request.
pub use cache_macros::vary_on_cookie_of_actix as vary_on_cookie;
/// Says in the response of a handler of actix which headers of the request it depends on.
pub use cache_macros::vary_on_headers_of_actix as vary_on_headers;

pub use crate::page::actix::{Arrival, CacheMiddleware, Derived, PageStream};

/// What expansions call. Not for use by hand: it changes with the attributes.
#[doc(hidden)]
#[allow(missing_docs, reason = "nobody reads these pages")]
pub mod __private {
    pub use crate::page::actix::{
        After, Answer as Response, Answering, Fallback, Outcome, Unguarded, judge, never_cached, say_to_caches, vary_on,
    };
}
