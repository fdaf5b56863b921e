//! What a handler returns, as a response that is made when its request is at hand.

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, Responder};

use crate::page::error::Failed;

/// What a handler returns: what actix makes a response of, and who reads of it that something is none reads it in few words.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "a handler returns what actix can make a response of",
    note = "that is what implements `Responder`: a text, `HttpResponse`, `web::Json`, or a `Result` of one and an error of actix"
)]
pub trait Answers: 'static {
    /// Makes it a response.
    fn respond(self, request: &HttpRequest) -> HttpResponse;
}

#[diagnostic::do_not_recommend]
impl<T: Responder + 'static> Answers for T {
    fn respond(self, request: &HttpRequest) -> HttpResponse {
        self.respond_to(request).map_into_boxed_body()
    }
}

/// What a handler has answered.
pub struct Answer(Box<dyn FnOnce(&HttpRequest) -> HttpResponse>);

impl Answer {
    pub(super) fn new(respond: impl FnOnce(&HttpRequest) -> HttpResponse + 'static) -> Self {
        Self(Box::new(respond))
    }

    /// Makes it a response.
    pub(super) fn respond(self, request: &HttpRequest) -> HttpResponse {
        (self.0)(request)
    }

    /// Edits the response when it is made.
    pub(super) fn edited(self, edit: impl FnOnce(&mut HttpResponse) + 'static) -> Self {
        Self::new(move |request| {
            let mut response = self.respond(request);
            edit(&mut response);
            response
        })
    }
}

impl Responder for Answer {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.respond(request)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// Says that a response is an error, whatever its status.
pub(super) fn failed(mut response: HttpResponse) -> HttpResponse {
    response.extensions_mut().insert(Failed);
    response
}

/// What a handler has returned. Of a `Result`, by whatever alias, [`answer`](Self::answer) tells `Ok` from `Err`; all else is
/// answered by [`Fallback::answer`].
#[derive(Debug)]
pub struct Outcome<T>(pub T);

// The bounds are those of the functions, so that what meets none is told which.
impl<T, E> Outcome<Result<T, E>> {
    /// Makes it an answer.
    pub fn answer(self) -> Answer
    where
        Result<T, E>: Answers,
    {
        let has_failed = self.0.is_err();
        Answer::new(move |request| {
            let response = self.0.respond(request);
            if has_failed { failed(response) } else { response }
        })
    }
}

/// Makes an answer of what is no `Result`, beside [`Outcome::answer`].
pub trait Fallback {
    /// What was returned.
    type Returned;

    /// Makes it an answer.
    fn answer(self) -> Answer
    where
        Self::Returned: Answers;
}

impl<T> Fallback for Outcome<T> {
    type Returned = T;

    fn answer(self) -> Answer
    where
        T: Answers,
    {
        Answer::new(move |request| self.0.respond(request))
    }
}
