//! What a handler returns, as a response that knows whether the handler calls it an error.

use axum::response::{IntoResponse, Response};

use crate::page::error::Failed;

/// What a handler has returned. Of a `Result`, by whatever alias, [`answer`](Self::answer) tells `Ok` from `Err`; of all else
/// that of [`Fallback`] takes what there is.
#[derive(Debug)]
pub struct Outcome<T>(pub T);

impl<T: IntoResponse, E: IntoResponse> Outcome<Result<T, E>> {
    /// Makes it a response.
    pub fn answer(self) -> Response {
        match self.0 {
            Ok(page) => page.into_response(),
            Err(error) => failed(error.into_response()),
        }
    }
}

/// Says that a response is an error, whatever its status.
pub(super) fn failed(mut response: Response) -> Response {
    response.extensions_mut().insert(Failed);
    response
}

/// The same for what is no `Result`.
pub trait Fallback {
    /// Makes it a response.
    fn answer(self) -> Response;
}

impl<T: IntoResponse> Fallback for Outcome<T> {
    fn answer(self) -> Response {
        self.0.into_response()
    }
}
