//! Whether somebody has said of each argument what it means for pages.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::key::Source;
use crate::nearest::nearest;
use crate::page::extractor::{Extractor, Kind};
use crate::page::model::Model;
use crate::page::parameters;

pub fn check(model: &Model, errors: &Errors) {
    names_are_known(model, errors);
    only_what_needs_it_is_accounted_for(model, errors);
    // What is misspelt above would be missing here.
    let is_broken = |name: &str| model.options.broken.contains(&name);
    if !["key", "vary", "shared", "tags"].into_iter().any(is_broken) && !has_broken_key(model) {
        everybody_is_accounted_for(model, errors);
    }
    nobody_is_accounted_for_twice(model, errors);
    bodies_are_taken_last(model, errors);
    names_have_types(model, errors);
}

fn has_broken_key(model: &Model) -> bool {
    model.options.naming.key.is_some() && model.key.is_none()
}

/// Returns the names in `vary(user = …)` and `shared(user)`, once each.
fn accounts(model: &Model) -> Vec<(&Ident, &'static str)> {
    let telling = &model.options.telling;
    let vary = telling.vary.iter().flat_map(|said| &said.value).filter_map(|vary| vary.guard.as_ref());
    let mut all: Vec<(&Ident, &'static str)> = Vec::new();
    for guard in vary {
        if !all.iter().any(|(other, _)| *other == guard) {
            all.push((guard, "vary"));
        }
    }
    let shared = telling.shared.iter().flat_map(|said| &said.value);
    all.into_iter().chain(shared.map(|guard| (guard, "shared"))).collect()
}

fn extractor<'a>(model: &'a Model, name: &Ident) -> Option<&'a Extractor> {
    let is_bound =
        |extractor: &&Extractor| extractor.argument.bindings.iter().any(|other| other.unraw() == name.unraw());
    model.extractors.iter().find(is_bound)
}

/// A slip of the finger would leave a guard unaccounted for, or account for nobody.
fn names_are_known(model: &Model, errors: &Errors) {
    for (name, _) in accounts(model) {
        if (name == "self" && model.receiver.is_some()) || extractor(model, name).is_some() {
            continue;
        }
        let names: Vec<_> = model.bindings().map(ToString::to_string).collect();
        let message = match nearest(&name.to_string(), names.iter().map(String::as_str)) {
            Some(near) => format!("there is no argument `{name}`; did you mean `{near}`?"),
            None if names.is_empty() => format!("there is no argument `{name}`: this handler takes none"),
            None => format!("there is no argument `{name}`; there are `{}`", names.join("`, `")),
        };
        errors.at(name.span(), message);
    }
}

/// What everybody shares anyway needs no word, and who reads one believes that it did something.
fn only_what_needs_it_is_accounted_for(model: &Model, errors: &Errors) {
    for (name, _) in accounts(model) {
        let Some(known) = extractor(model, name).filter(|known| !known.kind.is_to_be_accounted_for()) else { continue };
        let ty = spelt(known);
        errors.at(
            name.span(),
            format!("`{ty}` is filled alike by all requests for one URL, and needs no word: leave `{name}` out"),
        );
    }
}

/// An extractor that nobody knows may be a different one for each visitor, and the first one's page would be everybody's.
fn everybody_is_accounted_for(model: &Model, errors: &Errors) {
    let accounts = accounts(model);
    let is_named = |name: &Ident| accounts.iter().any(|(other, _)| other.unraw() == name.unraw());
    for (index, extractor) in model.extractors.iter().enumerate() {
        let bindings = &extractor.argument.bindings;
        let is_in_key = model.key.as_ref().is_some_and(|key| !key.places_of(Some(index)).is_empty());
        if !extractor.kind.is_to_be_accounted_for() || is_in_key || bindings.iter().any(is_named) {
            continue;
        }
        errors.on(&extractor.argument.ty, unaccounted(model, extractor));
    }
    if let Some(receiver) = &model.receiver {
        let is_in_key = model.key.as_ref().is_some_and(crate::key::Key::uses_receiver);
        if !is_in_key && !accounts.iter().any(|(name, _)| *name == "self") {
            errors.on(
                receiver,
                "two values of this type may make two pages of one URL: put what tells them apart into the key, as in \
                 `key = \"<self.tenant>\"`, or write `shared(self)`",
            );
        }
    }
}

fn unaccounted(model: &Model, extractor: &Extractor) -> String {
    let ty = spelt(extractor);
    let Some(name) = extractor.argument.bindings.first() else {
        return format!(
            "`{ty}` may let some visitors in and others not, and nobody can speak of it without a name: call it `_guard`, \
             and write `shared(_guard)` if all whom it lets in may share a page"
        );
    };
    let repair = repair(model, name);
    match extractor.kind {
        Kind::Extension => format!(
            "`{ty}` may be put into each request anew: if it is the same for all, write `shared({name})`; if pages are told \
             apart by it, {repair}"
        ),
        _ => format!(
            "`{ty}` may differ from visitor to visitor, and the first one's page would be everybody's: to keep a page for \
             each, {repair}; if a header decides it, `vary({name} = \"Cookie\")`; if all whom it lets in may share a page, \
             `shared({name})`"
        ),
    }
}

fn repair(model: &Model, name: &Ident) -> String {
    match &model.options.naming.key {
        Some(key) => format!("write `key = \"{}:<{name}.id>\"`", key.value()),
        None => format!("write `key = \"<{name}.id>\"`"),
    }
}

/// Two words for one guard contradict each other, or one of them is not needed.
fn nobody_is_accounted_for_twice(model: &Model, errors: &Errors) {
    let accounts = accounts(model);
    for (index, (name, word)) in accounts.iter().enumerate() {
        let is_in_key =
            model.key.as_ref().is_some_and(|key| key.uses(name) || (*name == "self" && key.uses_receiver()));
        if is_in_key {
            let message =
                format!("`{name}` is in the key already, and pages are told apart by it: leave it out of `{word}`");
            errors.at(name.span(), message);
        } else if let Some((_, other)) = accounts[..index].iter().find(|(other, _)| other == name) {
            let message = if other == word {
                format!("`{name}` is said twice: leave one out")
            } else {
                format!(
                    "either a header decides what `{name}` is, and `vary({name} = …)` says it, or all share a page, and \
                     `shared({name})` does: leave one out"
                )
            };
            errors.at(name.span(), message);
        }
    }
}

/// A page is asked for without a body, and what reads one takes the request with it.
fn bodies_are_taken_last(model: &Model, errors: &Errors) {
    let last = model.extractors.len().saturating_sub(1);
    for (index, extractor) in model.extractors.iter().enumerate() {
        if extractor.kind != Kind::Body {
            continue;
        }
        let ty = spelt(extractor);
        if extractor.turn == crate::page::extractor::Turn::Before {
            let is_accounted = accounts(model).iter().any(|(name, _)| extractor.argument.bindings.contains(name));
            if !is_accounted {
                errors.on(
                    &extractor.argument.ty,
                    format!("`{ty}` reads what was sent, and a page is asked for without that: name what comes from the address, as with `Path` and `Query`"),
                );
            }
        } else if index != last {
            errors.on(
                &extractor.argument.ty,
                format!("`{ty}` takes the whole request, and nothing is left for what comes after it: make it the last argument"),
            );
        }
    }
}

/// The companion takes what the name of pages is made of, by its type.
fn names_have_types(model: &Model, errors: &Errors) {
    let Some(key) = &model.key else { return };
    let Err(place) = parameters::parameters(model, key) else { return };
    // A type parameter has no argument, and needs none.
    if matches!(place.source, Source::Argument { .. }) {
        let text = &place.text;
        errors.at(
            place.span,
            format!("nobody sees here of what type `<{text}>` is, and `key({text})` has to take it: write the type, as in `<{text}: u64>`"),
        );
    }
}

fn spelt(extractor: &Extractor) -> String {
    let text = extractor.argument.ty.to_token_stream().to_string();
    text.replace(" < ", "<")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace(" :: ", "::")
        .replace("& ", "&")
}
