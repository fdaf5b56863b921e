//! What a handler returns, as a response that knows whether the handler calls it an error.

use axum::response::{IntoResponse, Response};

pub(super) use crate::page::error::failed;

/// What a handler has returned. Of a `Result`, by whatever alias, [`answer`](Self::answer) tells `Ok` from `Err`; all else is
/// answered by [`Fallback::answer`].
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

/// What a handler has returned, before a response is made of it by somebody else than its page. Of a `Result`
/// [`has_failed`](Self::has_failed) tells `Ok` from `Err`; all else has not failed, says [`NoResult::has_failed`].
#[derive(Debug)]
pub struct Returned<'a, T>(pub &'a T);

impl<T, E> Returned<'_, Result<T, E>> {
    /// Returns whether the handler calls it an error.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.0.is_err()
    }
}

/// Answers for what is no `Result`, beside [`Returned::has_failed`].
pub trait NoResult {
    /// Returns whether the handler calls it an error, as far as anybody can tell.
    fn has_failed(&self) -> bool {
        false
    }
}

impl<T> NoResult for Returned<'_, T> {}

/// Makes a response of what is no `Result`, beside [`Outcome::answer`].
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
