//! What expansions call. Not for use by hand: it changes with the attributes.
#![allow(missing_docs, reason = "nobody reads these pages")]

pub use axum::response::Response;

pub use super::handler::{After, Arrival, Fallback, Naming, Outcome, PageSite, derived};

/// Becomes a reference to the site of a handler: a static, of which the program is told.
#[doc(hidden)]
#[macro_export]
macro_rules! __page_site {
    ($name:literal, $pattern:expr, [$($word:tt)*], $layer:expr) => {{
        static PAGES: $crate::page::__private::PageSite = $crate::page::__private::PageSite::new(
            $crate::__private::site!($name, $pattern, .page() $($word)*), $layer
        );
        &PAGES
    }};
}

pub use crate::__page_site as page_site;
