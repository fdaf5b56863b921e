//! Which extractors may stand behind a page that is kept: those that everybody's request for its URL fills alike.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::{ErrorInternalServerError, QueryPayloadError};
use actix_web::http::{Method, Uri};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};
use bytes::Bytes;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::head;
use crate::page::early::Conditions;
use crate::page::locale::{Language, TimeZone};

/// What is left of a request, where its page is not there.
pub struct Left {
    pub(super) request: HttpRequest,
    pub(super) payload: Payload,
    /// What is to be seen of it.
    pub(super) seen: Parts,
}

type Taking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

/// An extractor that is filled alike by everybody's request for one URL: from the address, from what all requests share, or
/// from headers by which pages are told apart.
///
/// What a handler with [`#[cache_page]`](macro@crate::actix::cache_page) takes and does not account for has to be one.
/// Implement it for an extractor of your own that reads nothing else. Of the query it sees all, also what
/// [`query`](crate::page::CacheLayer::query) leaves out: one that reads it takes [`web::Query`] for that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may differ from visitor to visitor, and its name says otherwise",
    label = "this has the name of an extractor of actix, and is another type",
    note = "if its page is told apart by it, write `key = \"…<name>\"`; if a header decides it, `vary(name = \"Cookie\")`; \
            if everybody may share its page, `shared(name)`",
    note = "if it reads nothing but the address, `impl larder::actix::Derived` for it says so"
)]
pub trait Derived: FromRequest + 'static {
    /// Takes it out of what is left of a request.
    #[doc(hidden)]
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let taking = Self::from_request(&left.request, &mut left.payload);
        Box::pin(async move { taking.await.map_err(Into::into) })
    }
}

macro_rules! derived {
    ($($(#[$doc:meta])* [$($generics:tt)*] $ty:ty;)+) => {
        $($(#[$doc])* #[diagnostic::do_not_recommend] impl<$($generics)*> Derived for $ty {})+
    };
}

derived! {
    [T: ?Sized + 'static] web::Data<T>;
    [T: Clone + 'static] web::ThinData<T>;
    [T: DeserializeOwned + 'static] web::Path<T>;
    [T: DeserializeOwned + 'static] web::Json<T>;
    [T: DeserializeOwned + 'static] web::Form<T>;
    [] web::Payload;
    /// In the key of each page.
    [] Language;
    [] TimeZone;
    [] Bytes;
    [] String;
    /// Where its handler says what it sees of it.
    [] HttpRequest;
}

/// Of the query, what pages are told apart by.
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> Derived for web::Query<T> {
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let seen = left.seen.uri.query().unwrap_or_default();
        if seen == left.request.query_string() {
            let taking = Self::from_request(&left.request, &mut left.payload);
            return Box::pin(taking);
        }
        Box::pin(ready(Self::from_query(seen).map_err(|error: QueryPayloadError| error.into())))
    }
}

/// With the query that pages are told apart by.
impl Derived for Uri {
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let seen = head::their_uri(&left.seen.uri).unwrap_or_else(|| left.request.uri().clone());
        Box::pin(ready(Ok(seen)))
    }
}

/// Whose page is made for `HEAD` is asked for all of it.
impl Derived for Method {
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let seen = Self::from_bytes(left.seen.method.as_str().as_bytes());
        Box::pin(ready(Ok(seen.unwrap_or_else(|_| left.request.method().clone()))))
    }
}

/// With what is asked by the cache, and by nobody else.
impl Derived for Conditions {
    fn take(left: &mut Left) -> Taking<'_, Self> {
        Box::pin(ready(Ok(Self::of(&left.seen.method, &left.seen.headers))))
    }
}

impl FromRequest for Conditions {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = head::read(request).map(|parts| Self::of(&parts.method, &parts.headers));
        ready(Ok(read.unwrap_or_default()))
    }
}

/// One that may be missing is no less of one.
impl<T: Derived> Derived for Option<T> {
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let taking = T::take(left);
        Box::pin(async move { Ok(taking.await.ok()) })
    }
}

/// One that may fail is no less of one.
impl<T, E> Derived for Result<T, E>
where
    T: Derived,
    T::Error: Into<E>,
    E: From<Error> + 'static,
{
    fn take(left: &mut Left) -> Taking<'_, Self> {
        let taking = T::take(left);
        Box::pin(async move { Ok(taking.await.map_err(Into::into)) })
    }
}

macro_rules! extracted {
    ($($locale:ident: $refusal:literal;)+) => {
        $(
            /// Takes what was said in front of the cache; where nobody has, a program is put together wrongly.
            impl FromRequest for $locale {
                type Error = Error;
                type Future = Ready<Result<Self, Error>>;

                fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                    ready(request.extensions().get().cloned().ok_or_else(|| ErrorInternalServerError($refusal)))
                }
            }
        )+
    };
}

extracted! {
    Language: "no middleware has said the language of this request";
    TimeZone: "no middleware has said the time zone of this request";
}

/// An argument that is taken when there is no page.
#[derive(Clone, Copy, Debug)]
pub struct After<T>(pub T);

/// What is taken when there is no page, in the order in which it stands.
pub trait Rest: Sized {
    /// Takes it out of what is left of a request.
    #[doc(hidden)]
    fn take(left: &mut Left) -> impl Future<Output = Result<Self, Error>>;
}

macro_rules! rest {
    ($($extractor:ident)*) => {
        impl<$($extractor: Derived),*> Rest for ($(After<$extractor>,)*) {
            async fn take(_left: &mut Left) -> Result<Self, Error> {
                Ok(($(After($extractor::take(_left).await?),)*))
            }
        }
        rest! { @ $($extractor)* }
    };
    (@ $first:ident $($more:ident)*) => { rest! { $($more)* } };
    (@) => {};
}

rest! { A B C D E F G H I J K L }
