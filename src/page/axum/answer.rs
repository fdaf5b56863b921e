//! What a handler returns, as a response that knows whether the handler calls it an error.

use axum::response::{IntoResponse, Response};

use crate::page::error::failed;

/// What a handler returns: what axum makes a response of, and who reads of it that something is none reads it in few words.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "a handler returns what axum can make a response of",
    note = "that is what implements `IntoResponse`: a text, `Html`, `Json`, a status code, a tuple of these, or a `Result` of two of them"
)]
pub trait Answer {
    /// Makes it a response.
    fn into_answer(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Answer for T {
    fn into_answer(self) -> Response {
        self.into_response()
    }
}

/// What a handler has returned. Of a `Result`, by whatever alias, [`answer`](Self::answer) tells `Ok` from `Err`; all else is
/// answered by [`Fallback::answer`].
#[derive(Debug)]
pub struct Outcome<T>(pub T);

// The bounds are those of the functions, so that what meets none is told which.
impl<T, E> Outcome<Result<T, E>> {
    /// Makes it a response.
    pub fn answer(self) -> Response
    where
        Result<T, E>: Answer,
    {
        let has_failed = self.0.is_err();
        let response = self.0.into_answer();
        if has_failed { failed(response) } else { response }
    }
}

/// Makes a response of what is no `Result`, beside [`Outcome::answer`].
pub trait Fallback {
    /// What was returned.
    type Returned;

    /// Makes it a response.
    fn answer(self) -> Response
    where
        Self::Returned: Answer;
}

impl<T> Fallback for Outcome<T> {
    type Returned = T;

    fn answer(self) -> Response
    where
        T: Answer,
    {
        self.0.into_answer()
    }
}
