//! Whether somebody has said of each argument what it means for pages.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::unaccounted;
use crate::errors::Errors;
use crate::key::Key;
use crate::nearest::no_argument;
use crate::page::extractor::Extractor;
use crate::page::model::Model;
use crate::spelling;

pub fn check(model: &Model, errors: &Errors) {
    let all_are_known = names_are_known(model, errors);
    only_what_needs_it_is_accounted_for(model, errors);
    nobody_is_accounted_for_twice(model, errors);
    // What is misspelt would be missing here.
    if all_are_known && is_legible(model) {
        everybody_is_accounted_for(model, errors);
        its_receiver_is_accounted_for(model, errors);
    }
}

/// Returns whether all could be read that accounts for somebody.
fn is_legible(model: &Model) -> bool {
    let is_broken = |name: &&str| model.options.broken.contains(name);
    let has_broken_key = model.options.naming.key.is_some() && model.key.is_none();
    !["key", "vary", "shared"].iter().any(is_broken) && !has_broken_key
}

/// Returns the names in `vary(user = …)`, once each, and in `shared(user)`.
fn accounts(model: &Model) -> Vec<(&Ident, &'static str)> {
    let telling = &model.options.telling;
    let vary = telling.vary.iter().filter_map(|vary| vary.guard.as_ref());
    let mut all: Vec<(&Ident, &'static str)> = Vec::new();
    for guard in vary {
        if !all.iter().any(|(other, _)| *other == guard) {
            all.push((guard, "vary"));
        }
    }
    let shared = telling.shared.iter();
    all.into_iter().chain(shared.map(|guard| (guard, "shared"))).collect()
}

fn extractor<'a>(model: &'a Model, name: &Ident) -> Option<&'a Extractor> {
    let is_bound =
        |extractor: &&Extractor| extractor.argument.bindings.iter().any(|other| other.unraw() == name.unraw());
    model.extractors.iter().find(is_bound)
}

/// A slip of the finger would leave a guard unaccounted for, or account for nobody.
fn names_are_known(model: &Model, errors: &Errors) -> bool {
    let is_known = |name: &Ident| (name == "self" && model.receiver.is_some()) || extractor(model, name).is_some();
    let accounts = accounts(model);
    let unknown = accounts.iter().filter(|(name, _)| !is_known(name));
    let names: Vec<_> = model.bindings().map(spelling::plain).collect();
    let mut all_are_known = true;
    for (name, _) in unknown {
        errors.at(name.span(), no_argument(&spelling::plain(name), &names));
        all_are_known = false;
    }
    all_are_known
}

/// What everybody shares anyway needs no word, and who reads one believes that it did something.
fn only_what_needs_it_is_accounted_for(model: &Model, errors: &Errors) {
    for (name, _) in accounts(model) {
        let Some(known) = extractor(model, name).filter(|known| !known.kind.is_to_be_accounted_for()) else { continue };
        let ty = known.spelt();
        errors.at(
            name.span(),
            format!("`{ty}` is filled alike by all requests for one URL, and needs no word: leave `{name}` out"),
        );
    }
}

/// An extractor that nobody knows may be a different one for each visitor, and the first one's page would be everybody's.
fn everybody_is_accounted_for(model: &Model, errors: &Errors) {
    let accounts = accounts(model);
    let is_accounted_for = |name: &&Ident| {
        let is_said = accounts.iter().any(|(other, _)| other.unraw() == name.unraw());
        is_said || model.key.as_ref().is_some_and(|key| key.uses(name))
    };
    for extractor in model.extractors.iter().filter(|extractor| extractor.kind.is_to_be_accounted_for()) {
        let (said, unsaid): (Vec<_>, Vec<_>) = extractor.argument.bindings.iter().partition(is_accounted_for);
        match (said.first(), unsaid.as_slice()) {
            (None, _) => errors.on(&extractor.argument.ty, unaccounted::whole(model, extractor)),
            (Some(said), [unsaid, ..]) => errors.at(unsaid.span(), unaccounted::part(model, said, unsaid)),
            (Some(_), []) => {}
        }
    }
}

/// A method's pages are told apart by its type, and not by the value that it is called on.
fn its_receiver_is_accounted_for(model: &Model, errors: &Errors) {
    let Some(receiver) = &model.receiver else { return };
    let is_in_key = model.key.as_ref().is_some_and(Key::uses_receiver);
    if !is_in_key && !accounts(model).iter().any(|(name, _)| *name == "self") {
        errors.on(receiver, unaccounted::receiver(model));
    }
}

/// Two words for one guard contradict each other, or one of them is not needed.
fn nobody_is_accounted_for_twice(model: &Model, errors: &Errors) {
    let accounts = accounts(model);
    for (index, (name, word)) in accounts.iter().enumerate() {
        let is_in_key =
            model.key.as_ref().is_some_and(|key| key.uses(name) || (*name == "self" && key.uses_receiver()));
        let before = accounts[..index].iter().find(|(other, _)| other == name);
        let message = match before {
            _ if is_in_key => {
                format!("`{name}` is in the key already, and pages are told apart by it: leave it out of `{word}`")
            }
            Some((_, other)) if other == word => format!("`{name}` is said twice: leave one out"),
            Some(_) => format!(
                "either a header decides what `{name}` is, and `vary({name} = …)` says it, or all share a page, and \
                 `shared({name})` does: leave one out"
            ),
            None => continue,
        };
        errors.at(name.span(), message);
    }
}
