//! The status codes whose pages are kept.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Lit, Token};

use crate::time::{Asked, Time};
use crate::values::inside;

/// A status code whose pages are kept, and for how long.
pub struct Status {
    pub code: u16,
    pub time: Option<Time>,
    pub span: Span,
}

/// Reads `(404 = 10, 410)`.
pub fn statuses(input: ParseStream<'_>) -> syn::Result<Vec<Status>> {
    let start = input.span();
    let all = inside(input, |content| Punctuated::<Status, Token![,]>::parse_terminated_with(content, status))?;
    if all.is_empty() {
        return Err(syn::Error::new(start, "nothing is named here: write `statuses(404 = 10)`, or leave it out"));
    }
    let all: Vec<_> = all.into_iter().collect();
    for (index, status) in all.iter().enumerate() {
        if all[..index].iter().any(|other| other.code == status.code) {
            return Err(syn::Error::new(status.span, format!("`{}` is said twice: leave one out", status.code)));
        }
    }
    Ok(all)
}

fn status(input: ParseStream<'_>) -> syn::Result<Status> {
    let lit: Lit = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "a status is a number: write `statuses(404 = 10)`"))?;
    let span = lit.span();
    let Lit::Int(number) = &lit else {
        return Err(syn::Error::new(span, "a status is a number, without quotes: write `statuses(404 = 10)`"));
    };
    let code = number.base10_parse::<u16>().ok().filter(|code| (200..=599).contains(code));
    let message = match code {
        None => "a response has a status from 200 to 599: write `statuses(404 = 10)`".to_owned(),
        Some(code @ 500..) => format!(
            "`{code}` is an error of the server, which is never kept: leave it out; who keeps errors all the same says so to the \
             `layer`, with `keep_errors` and `statuses`"
        ),
        Some(code @ (206 | 304)) => format!("`{code}` is no whole page, and is never kept: leave it out"),
        Some(code) => {
            let time = if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                Some(Time::read(Asked::Status(code), input.parse()?)?)
            } else {
                None
            };
            return Ok(Status { code, time, span });
        }
    };
    Err(syn::Error::new(span, message))
}
