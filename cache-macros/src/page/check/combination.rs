//! Options that contradict each other, or say nothing.

use syn::LitStr;

use crate::errors::Errors;
use crate::page::model::Model;
use crate::page::vary::{By, Vary};

pub fn check(model: &Model, errors: &Errors) {
    associated_is_for_functions_without_self(model, errors);
    a_time_is_said_by_somebody(model, errors);
    headers_are_named_once(model, errors);
    what_is_told_apart_is_seen(model, errors);
}

/// The word says what a receiver says already.
fn associated_is_for_functions_without_self(model: &Model, errors: &Errors) {
    if let (Some(word), Some(_)) = (&model.options.shape.associated, &model.receiver) {
        errors.at(
            word.span(),
            "`associated` is for functions in an `impl` that take no `self`; this one does: leave it out",
        );
    }
}

/// A time of the handler's own is what pages have that say none.
fn a_time_is_said_by_somebody(model: &Model, errors: &Errors) {
    if let (Some(word), Some(_)) = (&model.options.keeping.explicit_only, &model.options.times.ttl) {
        errors.at(
            word.span(),
            "`explicit_only` keeps what says itself for how long, and a time of its own is what all others have: leave one out",
        );
    }
}

/// Said twice is said once, and somebody meant something else.
fn headers_are_named_once(model: &Model, errors: &Errors) {
    let telling = &model.options.telling;
    let mut seen: Vec<(Option<&syn::Ident>, bool, String)> = Vec::new();
    for vary in telling.vary.iter().flat_map(|said| &said.value) {
        let (name, text) = told(vary);
        let one = (vary.guard.as_ref(), matches!(vary.by, By::Cookie(_)), text);
        if seen.contains(&one) {
            errors.at(name.span(), format!("`{}` is said twice: leave one out", name.value()));
        }
        seen.push(one);
    }
    for list in [&telling.query, &telling.see].into_iter().flatten() {
        for (index, name) in list.value.iter().enumerate() {
            if list.value[..index].iter().any(|other| other.value() == name.value()) {
                errors.at(name.span(), format!("`{}` is said twice: leave one out", name.value()));
            }
        }
    }
}

/// What pages vary on is seen, and `see` is for what they must not depend on.
fn what_is_told_apart_is_seen(model: &Model, errors: &Errors) {
    let telling = &model.options.telling;
    let headers: Vec<_> = telling
        .vary
        .iter()
        .flat_map(|said| &said.value)
        .filter(|vary| matches!(vary.by, By::Header(_)))
        .map(|vary| told(vary).1)
        .collect();
    for name in telling.see.iter().flat_map(|said| &said.value) {
        if headers.contains(&name.value().to_ascii_lowercase()) {
            errors.at(
                name.span(),
                format!("pages vary on `{}`, so handlers see it already: leave it out of `see`", name.value()),
            );
        }
    }
}

/// Returns the name that stands there, and what it says: headers are called the same in any case.
fn told(vary: &Vary) -> (&LitStr, String) {
    match &vary.by {
        By::Header(name) => (name, name.value().to_ascii_lowercase()),
        By::Cookie(name) => (name, name.value()),
    }
}
