//! Options that contradict each other, or say nothing.

use syn::LitStr;

use crate::errors::Errors;
use crate::page::model::Model;
use crate::page::vary::{By, Vary};

pub fn check(model: &Model, errors: &Errors) {
    associated_is_for_functions_without_self(model, errors);
    pages_have_a_time_or_say_theirs(model, errors);
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

/// Where the handler has a time, no page is without one.
fn pages_have_a_time_or_say_theirs(model: &Model, errors: &Errors) {
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
    for vary in &telling.vary {
        let (name, text) = spelt(vary);
        let one = (vary.guard.as_ref(), matches!(vary.by, By::Cookie(_)), text);
        if seen.contains(&one) {
            errors.at(name.span(), format!("`{}` is said twice: leave one out", name.value()));
        }
        seen.push(one);
    }
    for list in [telling.query.as_deref().unwrap_or_default(), &telling.see] {
        for (index, name) in list.iter().enumerate() {
            if list[..index].iter().any(|other| other.value() == name.value()) {
                errors.at(name.span(), format!("`{}` is said twice: leave one out", name.value()));
            }
        }
    }
}

/// What pages vary on is seen, and `see` is for what they must not depend on.
fn what_is_told_apart_is_seen(model: &Model, errors: &Errors) {
    let telling = &model.options.telling;
    let headers: Vec<_> =
        telling.vary.iter().filter(|vary| matches!(vary.by, By::Header(_))).map(|vary| spelt(vary).1).collect();
    for name in &telling.see {
        if headers.contains(&name.value().to_ascii_lowercase()) {
            errors.at(
                name.span(),
                format!("pages vary on `{}`, so handlers see it already: leave it out of `see`", name.value()),
            );
        }
    }
}

/// Returns the name that stands there, and what it says: headers are called the same in any case.
fn spelt(vary: &Vary) -> (&LitStr, String) {
    match &vary.by {
        By::Header(name) => (name, name.value().to_ascii_lowercase()),
        By::Cookie(name) => (name, name.value()),
    }
}
