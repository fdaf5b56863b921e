//! A request as it came, before anybody who stands guard had it in hands.

use axum::extract::OriginalUri;
use http::request::Parts;
use http::{HeaderMap, Method, Uri, Version};

/// What of a request a page goes by, or is made from.
///
/// Guards may take a header out of it, or write one into it. The page is looked for, and made, by what the client wrote: a
/// cookie that its guard has taken away would else tell no two visitors apart. What guards put into its extensions stays.
pub struct Came {
    method: Method,
    uri: Uri,
    whole: Option<OriginalUri>,
    version: Version,
    headers: HeaderMap,
}

impl Came {
    pub(super) fn of(request: &Parts) -> Self {
        Self {
            method: request.method.clone(),
            uri: request.uri.clone(),
            whole: request.extensions.get().cloned(),
            version: request.version,
            headers: request.headers.clone(),
        }
    }

    /// Makes a request again what it was.
    pub(super) fn back_into(self, request: &mut Parts) {
        let Self { method, uri, whole, version, headers } = self;
        (request.method, request.uri, request.version, request.headers) = (method, uri, version, headers);
        // As a rule it is still there, and where it stands is made anew by nobody.
        match (whole, request.extensions.get_mut::<OriginalUri>()) {
            (Some(whole), Some(there)) => *there = whole,
            (Some(whole), None) => drop(request.extensions.insert(whole)),
            (None, Some(_)) => drop(request.extensions.remove::<OriginalUri>()),
            (None, None) => {}
        }
    }
}
