//! The language and the time zone of a request, as arguments of handlers.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::StatusCode;
use http::request::Parts;
use std::convert::Infallible;

use crate::page::locale::{Language, TimeZone};

macro_rules! extracted {
    ($($locale:ident: $refusal:literal;)+) => {
        $(
            /// Takes what was said in front of the cache; where nobody has, a program is put together wrongly.
            impl<S: Sync> FromRequestParts<S> for $locale {
                type Rejection = (StatusCode, &'static str);

                async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
                    parts.extensions.get().cloned().ok_or((StatusCode::INTERNAL_SERVER_ERROR, $refusal))
                }
            }

            impl<S: Sync> OptionalFromRequestParts<S> for $locale {
                type Rejection = Infallible;

                async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
                    Ok(parts.extensions.get().cloned())
                }
            }
        )+
    };
}

extracted! {
    Language: "no layer has said the language of this request";
    TimeZone: "no layer has said the time zone of this request";
}
