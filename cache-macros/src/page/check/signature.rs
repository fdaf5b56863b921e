//! Functions that are no handlers whose pages could be kept, and what to do instead.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, ReceiverKind, Safety};

use crate::around::Around;
use crate::attributes::keeps;
use crate::errors::Errors;
use crate::function::{CACHED_AND_PAGE, PAGE_AND_CHANGING};
use crate::page::model::Model;
use crate::spelling;

pub fn check(model: &Model, errors: &Errors) {
    has_a_body(model, errors);
    is_async(model, errors);
    is_a_plain_function(model, errors);
    is_annotated_once(model, errors);
    changes_nothing_elsewhere(model, errors);
    is_no_cached_function(model, errors);
    owns_itself(model, errors);
    returns_something(model, errors);
    stands_where_there_is_room(model, errors);
    looks_like_one_to_those_below(model, errors);
    has_room_beside_its_route(model, errors);
}

/// A trait's declaration makes no page.
fn has_a_body(model: &Model, errors: &Errors) {
    if model.function.body.is_none() {
        errors.on(
            &model.function.sig,
            "a function without a body makes no page: put the attribute on the one in the `impl`",
        );
    }
}

/// Handlers are, and a page that is kept is answered by one.
fn is_async(model: &Model, errors: &Errors) {
    let sig = &model.function.sig;
    if sig.asyncness.is_some() {
        return;
    }
    if model.function.returns().is_some_and(spelling::is_future) {
        errors.on(
            sig.fn_token,
            "a handler whose pages are kept is an `async fn`: write `async fn`, and return what the future ends in",
        );
    } else {
        errors.on(
            sig.fn_token,
            "a handler is an `async fn`: write `async fn`; to keep what an ordinary function returns, write `#[cached]`",
        );
    }
}

/// A router calls it like any safe Rust function.
fn is_a_plain_function(model: &Model, errors: &Errors) {
    let sig = &model.function.sig;
    if let Some(word) = &sig.constness {
        errors.on(word, "a `const fn` is no handler: remove `const`");
    }
    if let Safety::Unsafe(word) = &sig.safety {
        errors.on(
            word,
            "an `unsafe fn` is no handler: write a safe function that calls it, and upholds what it asks for",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.on(abi, "a function for other languages is no handler: call it from one");
    }
}

/// Two of them would look twice and share a companion.
fn is_annotated_once(model: &Model, errors: &Errors) {
    let is_page =
        |attr: &&Attribute| keeps(attr) && attr.path().segments.last().is_none_or(|last| last.ident != "cached");
    if let Some(attr) = model.function.attrs.iter().find(is_page) {
        errors.on(attr, "the pages of a handler are kept once: say everything in one `#[cache_page(…)]`");
    }
}

/// On a hit the body does not run, and what it would have changed elsewhere would go on being served.
fn changes_nothing_elsewhere(model: &Model, errors: &Errors) {
    if let Some(attr) = model.function.attribute(&["invalidates", "updates"]) {
        errors.on(attr, PAGE_AND_CHANGING);
    }
}

/// What a handler returns is a response, and its extractors are no key.
fn is_no_cached_function(model: &Model, errors: &Errors) {
    if let Some(attr) = model.function.attribute(&["cached"]) {
        errors.on(attr, CACHED_AND_PAGE);
    }
}

/// A page goes on being made when its client has left, so its handler borrows nothing.
fn owns_itself(model: &Model, errors: &Errors) {
    let Some(receiver) = &model.receiver else { return };
    let borrows = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => spelling::borrows(ty),
        _ => false,
    };
    if borrows {
        errors.on(
            receiver,
            "a page goes on being made when its client has left, so its handler cannot borrow: take `self: Arc<Self>`, or \
             `self`",
        );
    }
}

/// A handler without a response has no page.
fn returns_something(model: &Model, errors: &Errors) {
    if spelling::is_unit(&model.function.sig.output) {
        errors.on(
            model.function.sig.ident.to_token_stream(),
            "this handler returns nothing, so there is no page to keep: return one, or leave `#[cache_page]` out",
        );
    }
}

/// Beside a function of a trait nothing else can stand.
fn stands_where_there_is_room(model: &Model, errors: &Errors) {
    if model.around == Some(Around::Trait) && model.function.body.is_some() {
        errors.on(
            model.function.sig.ident.to_token_stream(),
            "in a trait, or the `impl` of one, there is no room for what stands beside a page: put the handler into an \
             `impl` of the type itself, or into a module",
        );
    } else if model.around == Some(Around::Type) && model.options.shape.associated.is_none() {
        errors.on(
            model.function.sig.ident.to_token_stream(),
            "this handler stands in an `impl`, and takes no `self` that would say so: write `associated`",
        );
    }
}

/// What stands above sees the handler as it was written, and calls what it has become.
fn looks_like_one_to_those_below(model: &Model, errors: &Errors) {
    if model.is_below_debug_handler() {
        errors.at(
            Span::call_site(),
            "`#[debug_handler]` calls a handler with the arguments that it sees: put it below `#[cache_page]`, which hands it a \
             function that has them",
        );
    }
}

/// What makes a route of a function takes all that stands beside it inside, where nobody can call it.
fn has_room_beside_its_route(model: &Model, errors: &Errors) {
    if let Some(route) = model.framework.route_above() {
        errors.at(
            Span::call_site(),
            format!("`#[{route}]` leaves no room for what stands beside a page: put it below `#[cache_page]`, which hands it on"),
        );
    }
}
