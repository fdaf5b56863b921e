//! What a handler returns, as a response that knows whether the handler calls it an error.

use axum::response::{IntoResponse, Response};

use crate::page::error::Failed;

/// What a handler has returned. Of a `Result`, by whatever alias, [`answer`](Self::answer) tells `Ok` from `Err`; of all else
/// that of [`Fallback`] takes what there is.
#[derive(Debug)]
pub struct Outcome<T>(pub T);

// The bounds are those of the functions, so that what meets none is told which.
impl<T, E> Outcome<Result<T, E>> {
    /// Makes it a response.
    pub fn answer(self) -> Response
    where
        Result<T, E>: IntoResponse,
    {
        let has_failed = self.0.is_err();
        let response = self.0.into_response();
        if has_failed { failed(response) } else { response }
    }
}

/// Says that a response is an error, whatever its status.
pub(super) fn failed(mut response: Response) -> Response {
    response.extensions_mut().insert(Failed);
    response
}

/// The same for what is no `Result`.
pub trait Fallback {
    /// What was returned.
    type Returned;

    /// Makes it a response.
    fn answer(self) -> Response
    where
        Self::Returned: IntoResponse;
}

impl<T> Fallback for Outcome<T> {
    type Returned = T;

    fn answer(self) -> Response
    where
        T: IntoResponse,
    {
        self.0.into_response()
    }
}
