//! Which extractors may stand behind a page that is kept: those that everybody's request for its URL fills alike.

use axum::Form;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{
    FromRequest, FromRequestParts, MatchedPath, NestedPath, OriginalUri, Path, Query, RawForm, RawPathParams, RawQuery,
    Request, State,
};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};

use crate::page::locale::{Language, TimeZone};
use crate::page::nested::Outer;

/// An extractor that is filled alike by everybody's request for one URL: from the address, from what all requests share, or
/// from headers by which pages are told apart, since others are hidden from it.
///
/// What a handler with [`#[cache_page]`](macro@crate::cache_page) takes and does not account for has to be one. Implement it
/// for an extractor of your own that reads nothing else, such as a `Query` that checks itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may differ from visitor to visitor, and its name says otherwise",
    label = "this has the name of an extractor of axum, and is another type",
    note = "if its page is told apart by it, write `key = \"…<name>\"`; if a header decides it, `vary(name = \"Cookie\")`; \
            if everybody may share its page, `shared(name)`",
    note = "if it reads nothing but the address, `impl larder::page::Derived` for it says so"
)]
pub trait Derived {
    /// Takes out of a request what this must not see of it.
    #[doc(hidden)]
    fn hide(_: &mut Extensions) {}
}

macro_rules! derived {
    ($($(#[$doc:meta])* [$($generics:tt)*] $ty:ty;)+) => {
        $($(#[$doc])* impl<$($generics)*> Derived for $ty {})+
    };
}

derived! {
    [T] State<T>;
    [T] Path<T>;
    [T] Query<T>;
    [T] Form<T>;
    [T] Json<T>;
    [] RawQuery;
    [] RawPathParams;
    [] RawForm;
    [] MatchedPath;
    [] NestedPath;
    [] OriginalUri;
    [] Uri;
    [] Method;
    /// Those that are told apart: all others are hidden.
    [] HeaderMap;
    /// In the key of each page.
    [] Language;
    [] TimeZone;
    [] Body;
    [] Bytes;
    [] String;
}

impl<T: Derived> Derived for Option<T> {
    fn hide(extensions: &mut Extensions) {
        T::hide(extensions);
    }
}

impl<T: Derived, E> Derived for Result<T, E> {
    fn hide(extensions: &mut Extensions) {
        T::hide(extensions);
    }
}

/// Without what layers have put into its extensions: nobody knows by whom that differs.
impl Derived for Request {
    fn hide(extensions: &mut Extensions) {
        fn keep<T: Clone + Send + Sync + 'static>(from: &mut Extensions, to: &mut Extensions) {
            if let Some(kept) = from.remove::<T>() {
                to.insert(kept);
            }
        }
        // Without a page under way, nobody is handed what the handler makes.
        if extensions.get::<Outer>().is_none() {
            return;
        }
        let mut all = std::mem::take(extensions);
        keep::<Outer>(&mut all, extensions);
        keep::<MatchedPath>(&mut all, extensions);
        keep::<OriginalUri>(&mut all, extensions);
        keep::<Language>(&mut all, extensions);
        keep::<TimeZone>(&mut all, extensions);
    }
}

/// An argument that is taken when there is no page.
#[derive(Clone, Copy, Debug)]
pub struct After<T>(pub T);

impl<S, T> FromRequestParts<S> for After<T>
where
    S: Send + Sync,
    T: Derived + FromRequestParts<S>,
{
    type Rejection = T::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, T::Rejection> {
        T::from_request_parts(parts, state).await.map(Self)
    }
}

impl<S, T> FromRequest<S> for After<T>
where
    S: Send + Sync,
    T: Derived + FromRequest<S>,
{
    type Rejection = T::Rejection;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, T::Rejection> {
        T::hide(request.extensions_mut());
        T::from_request(request, state).await.map(Self)
    }
}

/// Compiles where an extractor is one of those.
pub const fn derived<T: Derived>() {}
