//! What can go wrong with a body.

use std::error::Error;

#[cfg(feature = "axum")]
use http::Response;

/// An error of a body, of whatever type.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Stands in the extensions of a response that its handler calls an error, whatever its status code is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

/// Says that a response is an error, whatever its status.
#[cfg(feature = "axum")]
pub(super) fn failed<B>(mut response: Response<B>) -> Response<B> {
    response.extensions_mut().insert(Failed);
    response
}
