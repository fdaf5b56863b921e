//! Whether a page can have what its handler takes.

use quote::ToTokens;
use syn::{Attribute, FnArg, PatType, Receiver};

use crate::attributes::is_condition;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::key::{Key, Source};
use crate::page::extractor::{Kind, Turn};
use crate::page::model::Model;
use crate::page::parameters;
use crate::spelling;

pub fn check(model: &Model, errors: &Errors) {
    each_is_always_there(model, errors);
    each_has_a_type_with_a_name(model, errors);
    none_is_for_something_else(model, errors);
    none_that_is_a_body_names_pages(model, errors);
    bodies_are_taken_last(model, errors);
    names_have_types(model, errors);
}

/// One handler with two argument lists would need two companions.
fn each_is_always_there(model: &Model, errors: &Errors) {
    for arg in &model.function.sig.inputs {
        if let Some(attr) = attributes(arg).iter().find(|attr| is_condition(attr)) {
            errors.on(attr, "an argument that is not always there cannot be accounted for: write two handlers, each under its `cfg`");
        }
    }
}

fn attributes(arg: &FnArg) -> &[Attribute] {
    let (FnArg::Typed(PatType { attrs, .. }) | FnArg::Receiver(Receiver { attrs, .. })) = arg;
    attrs
}

/// The type of what a router brings names all of them.
fn each_has_a_type_with_a_name(model: &Model, errors: &Errors) {
    for extractor in &model.extractors {
        let ty = &extractor.argument.ty;
        if spelling::impl_trait(ty).is_some() {
            errors.on(ty, "a router has to know what it brings: name the type, or make it a parameter, `<T: …>`");
        } else if spelling::borrows(ty) {
            errors.on(ty, "no router brings what is borrowed: take the value itself");
        }
    }
}

/// Whoever takes these makes no page that another visitor could be given.
fn none_is_for_something_else(model: &Model, errors: &Errors) {
    for extractor in &model.extractors {
        if let Kind::NoPage(why) = extractor.kind {
            let ty = extractor.spelt();
            errors.on(&extractor.argument.ty, format!("`{ty}` {why}: leave `#[cache_page]` out"));
        }
    }
}

/// A page is asked for without a body.
fn none_that_is_a_body_names_pages(model: &Model, errors: &Errors) {
    let names = model.key.iter().chain(&model.tags).flat_map(Key::places);
    for place in names {
        let Source::Argument { index, .. } = place.source else { continue };
        let extractor = &model.extractors[index];
        if extractor.kind == Kind::Body {
            let ty = extractor.spelt();
            let message = format!(
                "`<{}>` comes from `{ty}`, which reads what was sent, and a page is asked for without that: name what comes \
                 from the address, as with `Path` and `Query`",
                place.text
            );
            errors.at(place.span, message);
        }
    }
}

/// What reads a body takes the request with it.
fn bodies_are_taken_last(model: &Model, errors: &Errors) {
    let last = model.extractors.len().saturating_sub(1);
    for (index, extractor) in model.extractors.iter().enumerate() {
        let takes_all = model.framework == Framework::Axum && extractor.turn == Turn::After;
        if extractor.kind == Kind::Body && takes_all && index != last {
            let ty = extractor.spelt();
            let message = format!(
                "`{ty}` takes the whole request, and nothing is left for what comes after it: make it the last argument"
            );
            errors.on(&extractor.argument.ty, message);
        }
    }
}

/// The companion takes what the name of pages is made of, by its type.
fn names_have_types(model: &Model, errors: &Errors) {
    let Err(place) = parameters::parameters(model) else { return };
    // A type parameter has no argument, and needs none.
    if let Source::Argument { .. } = place.source {
        let text = &place.text;
        let name = model.companion().to_token_stream();
        let message = format!(
            "nobody sees here of what type `<{text}>` is, and `{name}::invalidate({text})` has to take it: write the type, as in \
             `<{text}: u64>`"
        );
        errors.at(place.span, message);
    }
}
