//! What runs before a page is looked for, when it began to, and what it found.

use std::future::Future;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::came::Came;
use crate::page::arrived::{Since, Unguarded};

/// What is taken on arrival: a tuple of extractors. Where that is nothing, nothing is noted either, and a hit has nothing
/// more to carry.
pub trait Guards {
    /// The request as it was before.
    #[doc(hidden)]
    type Came: Send;

    /// When they began, where that counts.
    #[doc(hidden)]
    type Since: Send + Sync + 'static;

    /// Notes the present, and the request.
    #[doc(hidden)]
    fn begin(request: &Parts) -> (Self::Came, Self::Since);

    /// Runs them, and hears what they read.
    #[doc(hidden)]
    fn hear<F: Future + Send>(since: &Self::Since, guards: F) -> impl Future<Output = F::Output> + Send;

    /// Makes the request again what it was.
    #[doc(hidden)]
    fn end(came: Self::Came, request: &mut Parts);

    /// Says when they began to whoever makes the page: what they read may have been written over since.
    #[doc(hidden)]
    fn note(since: Self::Since, request: &mut Parts);
}

impl<S: Send + Sync, T: FromRequestParts<S>> FromRequestParts<S> for Unguarded<T> {
    type Rejection = T::Rejection;

    async fn from_request_parts(request: &mut Parts, state: &S) -> Result<Self, T::Rejection> {
        T::from_request_parts(request, state).await.map(Self)
    }
}

macro_rules! unguarded {
    ($([$($generics:tt)*] $ty:ty),+) => {
        $(impl<$($generics)*> Guards for $ty {
            type Came = ();
            type Since = ();

            fn begin(_: &Parts) -> ((), ()) {
                ((), ())
            }

            fn hear<F: Future + Send>((): &(), guards: F) -> impl Future<Output = F::Output> + Send {
                guards
            }

            fn end((): (), _: &mut Parts) {}

            fn note((): (), _: &mut Parts) {}
        })+
    };
}

unguarded! { [] (), [T] Unguarded<T> }

macro_rules! guards {
    ($first:ident $($more:ident)*) => {
        impl<$first, $($more),*> Guards for ($first, $($more,)*) {
            type Came = Came;
            type Since = Since;

            fn begin(request: &Parts) -> (Came, Since) {
                (Came::of(request), Since::of::<Self>())
            }

            fn hear<Z: Future + Send>(since: &Since, guards: Z) -> impl Future<Output = Z::Output> + Send {
                since.hear(guards)
            }

            fn end(came: Came, request: &mut Parts) {
                came.back_into(request);
            }

            fn note(since: Since, request: &mut Parts) {
                since.note(request);
            }
        }
        guards! { $($more)* }
    };
    () => {};
}

guards! { A B C D E F G H I J K L M N O P }
