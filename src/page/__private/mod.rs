//! What expansions call. Not for use by hand: it changes with the attributes.
#![allow(missing_docs, reason = "nobody reads these pages")]

mod heads;
mod verbs;

use super::layer::CacheLayer;
use crate::Key;
use crate::key::{KeyWriter, RAW};

#[cfg(feature = "axum")]
pub use axum::response::Response;

#[cfg(feature = "axum")]
pub use super::axum::{
    After, Answer, Answering, Arrival, Fallback, Outcome, Unguarded, derived, never_cached, say_to_caches, vary_on,
};
pub use super::handler::{PageSite, Unwritten};
pub use super::named::{Named, Naming};
pub use heads::{Conditions, entity_tag, last_modified, names};

pub use self::verbs::page_verbs;

/// Makes a tag.
pub fn tag(write: impl FnOnce(&mut KeyWriter<'_>)) -> Key {
    Key::write(RAW, write)
}

/// Tells a layer the rest.
pub fn told(layer: CacheLayer, tell: impl FnOnce(CacheLayer) -> CacheLayer) -> CacheLayer {
    tell(layer)
}

/// Becomes a reference to the site of a handler: a static, of which the program is told.
#[doc(hidden)]
#[macro_export]
macro_rules! __page_site {
    ($name:literal, $pattern:expr, [$($word:tt)*], $path:expr, $layer:expr) => {{
        static PAGES: $crate::page::__private::PageSite = $crate::page::__private::PageSite::new(
            $crate::__private::site!($name, $pattern, .page() $($word)*), $path, $layer
        );
        &PAGES
    }};
}

pub use crate::__page_site as page_site;
