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

use crate::page::early::Conditions;
use crate::page::locale::{Language, TimeZone};
use crate::page::nested::Outer;

/// An extractor that is filled alike by everybody's request for one URL: from the address, from what all requests share, or
/// from headers by which pages are told apart, since others are hidden from it.
///
/// What a handler with [`#[cache_page]`](macro@crate::cache_page) takes and does not account for has to be one. Implement it
/// for an extractor of your own that reads nothing else, such as a `Query` that checks itself:
///
/// ```
/// use axum::extract::{FromRequestParts, Query as Unchecked, rejection::QueryRejection};
/// use axum::{http::request::Parts, routing::get};
/// use larder::{cache_page, page::Derived};
/// use serde::{Deserialize, de::DeserializeOwned};
///
/// /// Parameters of the query, tidied up.
/// struct Query<T>(T);
///
/// impl<S: Send + Sync, T: DeserializeOwned + Ord + Default> FromRequestParts<S> for Query<T> {
///     type Rejection = QueryRejection;
///
///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, QueryRejection> {
///         Unchecked::from_request_parts(parts, state).await.map(|Unchecked(said): Unchecked<T>| Self(said.max(T::default())))
///     }
/// }
///
/// impl<T> Derived for Query<T> {}
///
/// #[derive(Default, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
/// struct Paging {
///     page: u32,
/// }
///
/// #[cache_page(60)]
/// async fn list(Query(paging): Query<Paging>) -> String {
///     format!("page {}", paging.page)
/// }
///
/// # drop(get::<_, _, ()>(list));
/// ```
///
/// By its name the attribute tells what may be derived, and by this trait the compiler holds the name against the type. An
/// extractor with another name is a guard, whatever it implements.
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
        $($(#[$doc])* #[diagnostic::do_not_recommend] impl<$($generics)*> Derived for $ty {})+
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
    /// With what is asked by the cache, and by nobody else.
    [] Conditions;
    [] Body;
    [] Bytes;
    [] String;
}

/// One that may be missing is no less of one.
impl<T: Derived> Derived for Option<T> {
    fn hide(extensions: &mut Extensions) {
        T::hide(extensions);
    }
}

/// One that may fail is no less of one.
impl<T: Derived, E> Derived for Result<T, E> {
    fn hide(extensions: &mut Extensions) {
        T::hide(extensions);
    }
}

/// Without what layers have put into its extensions: nobody knows by whom that differs.
#[diagnostic::do_not_recommend]
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

/// Not for what is [`Derived`] alone: of what is not, the handler itself says so, and once.
impl<S, T> FromRequestParts<S> for After<T>
where
    S: Send + Sync,
    T: FromRequestParts<S>,
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
pub const fn derived<T: Derived>(_: &T) {}
