//! The companions of handlers in an `impl`, beside which there is no room for a type of their own.

use std::fmt;

use cache_core::__private::{Entry, Invalidation};

use super::site::PageSite;
use super::unwritten::Unwritten;
use crate::{Key, Site, Stats};

/// The pages of a handler that stands in an `impl`: their name, and what becomes of them. From `Type::handler_site()`.
///
/// ```
/// use std::sync::Arc;
/// use axum::{Router, extract::Path, routing::get};
/// use larder::{cache_page, testing};
///
/// struct Api {
///     region: &'static str,
/// }
///
/// impl Api {
///     #[cache_page(60, key = "price:<self.region: str>:<id>")]
///     async fn price(self: Arc<Self>, Path(id): Path<u64>) -> String {
///         format!("{id} costs 5 in {}", self.region)
///     }
/// }
///
/// let _larder = testing::isolated();
/// testing::block_on(Api::price_site().invalidate("eu", 7));
/// assert_eq!(Api::price_site().key("eu", 7).as_str(), "price:eu:7");
/// assert_eq!(Api::price_site().stats().invalidated, 1);
/// # let api = Arc::new(Api { region: "eu" });
/// # drop(Router::<()>::new().route("/{id}", get(move |arrival| api.price(arrival))));
/// ```
pub struct PageCompanion<A> {
    pages: &'static PageSite,
    name: fn(&A) -> Key,
}

impl<A> PageCompanion<A> {
    #[doc(hidden)]
    #[must_use]
    pub fn __new(pages: &'static PageSite, name: fn(&A) -> Key) -> Self {
        Self { pages, name }
    }

    /// Returns the handler as a place in the program: where it stands, what it has counted, and its switch.
    #[must_use]
    pub fn site(&self) -> &'static Site {
        self.pages.site()
    }

    /// Returns what its pages have counted since the program began.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.site().stats()
    }

    #[doc(hidden)]
    #[must_use]
    pub fn __pages(&self) -> &'static PageSite {
        self.pages
    }

    #[doc(hidden)]
    #[must_use]
    pub fn call(&self) -> Unwritten {
        Unwritten
    }

    fn entry_of(&self, arguments: &A) -> Entry {
        Entry::of_pages(self.site(), (self.name)(arguments))
    }
}

macro_rules! verbs {
    ($($argument:ident: $type:ident),*) => {
        impl<$($type),*> PageCompanion<($($type,)*)> {
            /// Returns the name of its pages for these arguments: a tag that all of them have, whatever their URL.
            #[must_use]
            pub fn key(self, $($argument: $type),*) -> Key {
                (self.name)(&($($argument,)*))
            }

            /// Invalidates its pages for these arguments, whatever their URL; one that is being made is not kept either.
            pub async fn invalidate(self, $($argument: $type),*) {
                let entry = self.entry_of(&($($argument,)*));
                entry.invalidate().await;
            }

            /// Does the same as [`invalidate`](Self::invalidate), and blocks.
            pub fn invalidate_blocking(self, $($argument: $type),*) {
                Invalidation::new([self.entry_of(&($($argument,)*))]).now_blocking();
            }

            #[doc(hidden)]
            #[must_use]
            pub fn entry(self, $($argument: $type),*) -> Entry {
                self.entry_of(&($($argument,)*))
            }
        }
    };
}

verbs! {}
verbs! { a: A }
verbs! { a: A, b: B }
verbs! { a: A, b: B, c: C }
verbs! { a: A, b: B, c: C, d: D }
verbs! { a: A, b: B, c: C, d: D, e: E }
verbs! { a: A, b: B, c: C, d: D, e: E, f: F }

impl<A> fmt::Debug for PageCompanion<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(f)
    }
}
