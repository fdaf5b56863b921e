//! Options that contradict each other, or the function they stand on.

use proc_macro2::Span;
use syn::Ident;

use crate::around::Around;
use crate::cached::model::{Model, Stand};
use crate::cached::options::{Returns, Said};
use crate::cached::timeout::Timeout;
use crate::errors::Errors;
use crate::spelling;
use crate::time::{Time, Ttl};

pub fn check(model: &Model, errors: &Errors) {
    what_is_kept_forever_does_not_age(model, errors);
    one_time_is_said_once(model, errors);
    a_soft_limit_needs_something_stale(model, errors);
    a_soft_limit_comes_first(model, errors);
    only_async_bodies_can_be_given_up(model, errors);
    a_lock_is_for_several_processes(model, errors);
    an_error_needs_somewhere_to_go(model, errors);
    a_body_that_is_verified_can_be_called(model, errors);
    none_ttl_needs_an_option(model, errors);
    each_is_about_entries_of_its_own(model, errors);
    each_has_room(model, errors);
    stale_if_error_needs_one(model, errors);
    error_ttl_needs_an_error(model, errors);
    returns_agrees_with_the_spelling(model, errors);
    a_parameter_says_what_it_is(model, errors);
    associated_is_for_functions_without_self(model, errors);
    a_companion_has_room(model, errors);
}

/// Stale, refreshed and scattered ends are about values that have an end.
fn what_is_kept_forever_does_not_age(model: &Model, errors: &Errors) {
    let times = &model.options.times;
    let Some(Said { value: Ttl::Forever, .. }) = &times.ttl else { return };
    let words = [
        times.stale.as_ref().map(|said| &said.word),
        times.stale_if_error.as_ref().map(|said| &said.word),
        times.refresh_ahead.as_ref().map(|said| &said.word),
        times.early.as_ref().map(|said| &said.word),
        times.jitter.as_ref().map(|said| &said.word),
    ];
    for word in words.into_iter().flatten() {
        let message =
            format!("what is kept forever has no end that `{word}` could be about: leave it out, or give `ttl` a time");
        errors.at(word.span(), message);
    }
}

/// `ttl_with` decides for each value, and nothing would be left for `ttl`.
fn one_time_is_said_once(model: &Model, errors: &Errors) {
    if let (Some(ttl), Some(_)) = (&model.options.times.ttl, &model.options.keeping.ttl_with) {
        errors.at(
            ttl.word.span(),
            "`ttl_with` gives each value its time, so this one is never used: leave one of them out",
        );
    }
}

fn timeout(model: &Model) -> Option<(&Ident, &Timeout)> {
    model.options.times.timeout.as_ref().map(|said| (&said.word, &said.value))
}

/// After a soft limit the caller is handed what was kept before.
fn a_soft_limit_needs_something_stale(model: &Model, errors: &Errors) {
    let times = &model.options.times;
    let Some((word, Timeout { soft: Some(_), .. })) = timeout(model) else { return };
    if times.stale.is_none() && times.stale_if_error.is_none() {
        errors.at(
            word.span(),
            "a soft time limit hands out the value that was kept before: say for how long it may be, with `stale = 60`",
        );
    }
}

/// A soft limit behind the hard one is never reached.
fn a_soft_limit_comes_first(model: &Model, errors: &Errors) {
    let Some((word, Timeout { soft: Some(soft), hard: Some(hard) })) = timeout(model) else { return };
    if let (Time { seconds: Some(soft), .. }, Time { seconds: Some(hard), .. }) = (soft, hard)
        && soft >= hard
    {
        errors.at(
            word.span(),
            format!("the body is given up after {hard} s, so `soft = {soft}` is never reached: make it less"),
        );
    }
}

/// Nothing can take a thread out of a body that blocks it.
fn only_async_bodies_can_be_given_up(model: &Model, errors: &Errors) {
    if let Some((word, _)) = timeout(model)
        && !model.function.is_async()
    {
        errors.at(word.span(), "a time limit needs an `async fn`: nothing can stop a body that blocks its thread");
    }
}

/// What stays in its process is loaded once for all who ask there.
fn a_lock_is_for_several_processes(model: &Model, errors: &Errors) {
    let options = &model.options;
    if let (Some(said), Some(_)) = (&options.times.lock, &options.naming.local) {
        let message = "a `lock` is for processes that share what is kept, and a `local` value stays in one, where one body \
             serves all who ask: leave one of them out";
        errors.at(said.word.span(), message);
    }
}

/// A body that returns no error, and has no time limit, never fails.
fn stale_if_error_needs_one(model: &Model, errors: &Errors) {
    if let Some(said) = &model.options.times.stale_if_error
        && is_certainly_no_result(model)
        && model.options.times.timeout.is_none()
    {
        let message = "this function returns no error, so its old value would never be served: return a `Result`, or \
             leave `stale_if_error` out";
        errors.at(said.word.span(), message);
    }
}

/// What `strict` and a hard limit report becomes the function's own error.
fn an_error_needs_somewhere_to_go(model: &Model, errors: &Errors) {
    let wrong = |span: Span, what: &str| {
        let message = format!(
            "{what} becomes the function's error, and this function returns none: return a `Result`, or leave it out"
        );
        errors.at(span, message);
    };
    if !is_certainly_no_result(model) {
        return;
    }
    if let Some(word) = &model.options.keeping.strict {
        wrong(word.span(), "trouble of the cache");
    }
    if let Some((word, Timeout { hard: Some(_), .. })) = timeout(model) {
        wrong(word.span(), "a body that is given up");
    }
}

/// What the function does stands in the wrapper then, and nowhere else.
fn a_body_that_is_verified_can_be_called(model: &Model, errors: &Errors) {
    let Some(said) = model.options.keeping.verify.as_ref().filter(|_| model.stand == Stand::Inside) else { return };
    let repair = if model.around == Some(Around::Trait) {
        "leave `verify` out, or write it at a function that is called from here".to_owned()
    } else {
        format!(
            "give it a companion, with `companion = {}`, where it is of no trait, or leave `verify` out",
            model.function.sig.ident
        )
    };
    let message = format!(
        "beside a method that is private, or of a trait, there is no room for the body that `verify` runs: {repair}"
    );
    errors.at(said.word.span(), message);
}

/// Only `None` is shortened by it.
fn none_ttl_needs_an_option(model: &Model, errors: &Errors) {
    let (Some(said), Some(ty)) = (&model.options.keeping.none_ttl, model.returns()) else { return };
    // What is missing there is that `None`.
    if model.options.naming.each.is_some() {
        return;
    }
    let kept = if spelling::is_result(ty) { spelling::type_arguments(ty).first().copied() } else { Some(ty) };
    let is_option = |ty| spelling::last_name(ty).is_some_and(|name| name == "Option");
    if kept.is_some_and(|ty| spelling::is_known_value(ty) && !is_option(ty)) {
        errors.at(
            said.word.span(),
            "`none_ttl` is the time of a `None`, and this function returns no `Option`: leave it out",
        );
    }
}

/// These are of one body and one entry, and here one body has many.
fn each_is_about_entries_of_its_own(model: &Model, errors: &Errors) {
    let options = &model.options;
    if options.naming.each.is_none() {
        return;
    }
    if let Some(said) = &options.keeping.error_ttl {
        let message = "with `each` an error is of all that was asked for together, and of no entry that could keep it: leave \
             `error_ttl` out";
        errors.at(said.word.span(), message);
    }
    if let Some(said) = &options.times.lock {
        let message = "a `lock` is that of one entry, and with `each` a body loads many: leave `lock` out";
        errors.at(said.word.span(), message);
    }
    if let Some(said) = &options.keeping.verify {
        let message =
            "`verify` runs the body for one hit, and with `each` a body is asked for many: leave `verify` out";
        errors.at(said.word.span(), message);
    }
}

/// The function of one stands beside it.
fn each_has_room(model: &Model, errors: &Errors) {
    let Some(said) = model.options.naming.each.as_ref().filter(|_| model.stand == Stand::Inside) else { return };
    let message = if model.around == Some(Around::Trait) {
        "with `each` a function of one stands beside this one, and in a trait, or the `impl` of one, there is no room for it: \
         put `each` on a function that this one calls"
    } else {
        "with `each` a function of one stands beside this one, and a private function may stand where there is no room for it: \
         write `pub(self)`, which changes nothing else"
    };
    errors.at(said.word.span(), message);
}

/// Only errors are kept by it.
fn error_ttl_needs_an_error(model: &Model, errors: &Errors) {
    if let Some(said) = &model.options.keeping.error_ttl
        && is_certainly_no_result(model)
    {
        errors.at(
            said.word.span(),
            "`error_ttl` is the time of an error, and this function returns no `Result`: leave it out",
        );
    }
}

/// Kept whole, a `Result` would keep its errors as long as its values.
fn returns_agrees_with_the_spelling(model: &Model, errors: &Errors) {
    let (Some(said), Some(ty)) = (&model.options.keeping.returns, model.returns()) else { return };
    if said.value == Returns::Value && spelling::is_result(ty) {
        errors.at(
            said.word.span(),
            "of a `Result` only `Ok` is kept: leave `returns` out; to keep errors for a while, write `error_ttl = 5`",
        );
    }
    if said.value == Returns::Result && spelling::is_known_value(ty) {
        errors.at(said.word.span(), "this function returns no `Result`: leave `returns` out");
    }
}

/// Whether a type parameter stands for a `Result` differs from call to call, and the wrapper is written once.
fn a_parameter_says_what_it_is(model: &Model, errors: &Errors) {
    let Some(ty) = model.returns() else { return };
    if model.options.keeping.returns.is_some() || spelling::is_result(ty) || spelling::is_known_value(ty) {
        return;
    }
    let params = model.function.sig.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Type(param) => Some(&param.ident),
        syn::GenericParam::Const(param) => Some(&param.ident),
        syn::GenericParam::Lifetime(_) => None,
    });
    let tokens = || quote::quote!(#ty);
    if let Some(param) = params.into_iter().find(|param| spelling::mentions(tokens(), param)) {
        let message = format!(
            "whether this is a `Result` depends on `{param}`: write `returns = value`, or `returns = result` where only `Ok` is kept"
        );
        errors.on(ty, message);
    }
}

/// The word says what a receiver says already.
fn associated_is_for_functions_without_self(model: &Model, errors: &Errors) {
    if let Some(word) = &model.options.shape.associated
        && model.receiver.is_some()
    {
        errors.at(
            word.span(),
            "`associated` is for functions in an `impl` that take no `self`; this one does: leave it out",
        );
    }
}

/// The compiler would say of each function beside it that it is none of the trait's.
fn a_companion_has_room(model: &Model, errors: &Errors) {
    if let Some(said) = &model.options.shape.companion
        && model.around == Some(Around::Trait)
    {
        errors.at(
            said.word.span(),
            "in a trait, or the `impl` of one, there is no room for a companion: leave `companion` out",
        );
    }
}

fn is_certainly_no_result(model: &Model) -> bool {
    let said = model.options.keeping.returns.as_ref().map(|said| said.value);
    said == Some(Returns::Value) || model.returns().is_some_and(spelling::is_known_value)
}
