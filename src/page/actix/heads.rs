//! What the attributes of headers do to the response of a handler of actix.
#![allow(clippy::must_use_candidate, reason = "expansions alone call these, and use them")]

use std::ops::ControlFlow;
use std::time::SystemTime;

use actix_web::HttpResponse;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::answer::Answer;
use super::head;
use crate::page::early::{self, Conditions, Early, now};
use crate::page::headers::{self, CacheControl};

/// Edits the headers of a response.
fn edit(response: &mut HttpResponse, edit: impl FnOnce(&mut HeaderMap)) {
    let mut read = head::of_response(response, ());
    edit(read.headers_mut());
    head::write(read.status(), read.headers(), response);
}

/// Says to caches what a handler says of its pages. Of an error nothing is said that has it kept: a handler that fails means
/// its page, and not what has become of it.
pub fn say_to_caches(says: CacheControl, answer: Answer) -> Answer {
    answer.edited(|response| {
        let is_error = response.status().is_client_error() || response.status().is_server_error();
        let says = if is_error { says.of_errors() } else { says };
        edit(response, |headers| says.apply(headers));
    })
}

/// Says in a response that nobody keeps it.
pub fn never_cached(answer: Answer) -> Answer {
    answer.edited(|response| edit(response, |headers| headers::never_cached(headers, now())))
}

/// Says in a response which headers of the request it depends on.
pub fn vary_on<const N: usize>(on: [&'static str; N], answer: Answer) -> Answer {
    answer.edited(move |response| edit(response, |headers| headers::vary(headers, on.map(HeaderName::from_static))))
}

/// Returns the answer, where the handler need not run, or must not; else what its own answer is to say.
pub fn judge(
    conditions: Conditions,
    tag: Option<HeaderValue>,
    modified: Option<SystemTime>,
) -> ControlFlow<Answer, Known> {
    match conditions.decide(tag, modified) {
        ControlFlow::Break(Early { status, headers }) => ControlFlow::Break(Answer::new(move |_| {
            let mut response = HttpResponse::new(head::their_status(status));
            head::write(status, &headers, &mut response);
            response
        })),
        ControlFlow::Continue(known) => ControlFlow::Continue(Known(known)),
    }
}

/// What is known of a page before it is made.
#[derive(Debug)]
pub struct Known(early::Known);

impl Known {
    /// Says so on the page, unless that says it itself, or there is none.
    pub fn on(self, answer: Answer) -> Answer {
        answer.edited(|response| {
            let status = head::our_status(response.status());
            edit(response, |headers| self.0.say(status, headers));
        })
    }
}
