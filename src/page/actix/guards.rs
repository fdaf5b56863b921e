//! What runs before a page is looked for.

use std::future::Future;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};
use http::request::Parts;

use crate::page::arrived::{Since, Unguarded};

/// What is taken on arrival, in the order in which it stands: a tuple of extractors. They see all of a request but its body.
pub trait Guards: Sized {
    /// When they began, where that counts.
    #[doc(hidden)]
    type Since: 'static;

    /// Notes the present.
    #[doc(hidden)]
    fn begin() -> Self::Since;

    /// Runs them, and hears what they read.
    #[doc(hidden)]
    fn hear<F: Future>(since: &Self::Since, guards: F) -> impl Future<Output = F::Output>;

    /// Takes them out of a request.
    #[doc(hidden)]
    fn take(request: &HttpRequest) -> impl Future<Output = Result<Self, Error>>;

    /// Says when they began to whoever makes the page: what they read may have been written over since.
    #[doc(hidden)]
    fn note(since: Self::Since, request: &mut Parts);
}

impl Guards for () {
    type Since = ();

    fn begin() {}

    fn hear<F: Future>((): &(), guards: F) -> impl Future<Output = F::Output> {
        guards
    }

    async fn take(_: &HttpRequest) -> Result<Self, Error> {
        Ok(())
    }

    fn note((): (), _: &mut Parts) {}
}

impl<T: Guards> Guards for Unguarded<T> {
    type Since = ();

    fn begin() {}

    fn hear<F: Future>((): &(), guards: F) -> impl Future<Output = F::Output> {
        guards
    }

    async fn take(request: &HttpRequest) -> Result<Self, Error> {
        T::take(request).await.map(Self)
    }

    fn note((): (), _: &mut Parts) {}
}

async fn taken<T: FromRequest>(request: &HttpRequest) -> Result<T, Error> {
    T::from_request(request, &mut Payload::None).await.map_err(Into::into)
}

macro_rules! guards {
    ($first:ident $($more:ident)*) => {
        impl<$first: FromRequest, $($more: FromRequest),*> Guards for ($first, $($more,)*) {
            type Since = Since;

            fn begin() -> Since {
                Since::of::<Self>()
            }

            fn hear<Z: Future>(since: &Since, guards: Z) -> impl Future<Output = Z::Output> {
                since.hear(guards)
            }

            async fn take(request: &HttpRequest) -> Result<Self, Error> {
                Ok((taken::<$first>(request).await?, $(taken::<$more>(request).await?,)*))
            }

            fn note(since: Since, request: &mut Parts) {
                since.note(request);
            }
        }
        guards! { $($more)* }
    };
    () => {};
}

guards! { A B C D E F G H I J K L }
