//! The tags of what a function keeps: patterns, written from what the key is written from.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use super::facts::Parameter;
use super::model::Model;
use super::writing;
use crate::errors::Errors;
use crate::key::{Key, Place, Scope, Source};

/// Binds the patterns of the tags.
pub fn bind(literals: &[LitStr], key: Option<&Key>, scope: &Scope<'_>, errors: &Errors) -> Vec<Key> {
    let mut tags: Vec<_> = literals.iter().filter_map(|literal| Key::written(literal, scope, errors)).collect();
    if let Some(key) = key {
        for tag in &mut tags {
            take_parts_as_the_key_does(tag, key);
        }
    }
    tags
}

/// Where the key takes only a part of an argument, a companion has nothing but that part.
fn take_parts_as_the_key_does(tag: &mut Key, key: &Key) {
    for place in tag.places_mut() {
        if let Some(same) = key.places().find(|other| is_same_part(place, other)) {
            place.annotation.clone_from(&same.annotation);
        }
    }
}

/// Returns whether the key holds what a place of a tag is written from.
pub fn is_in_the_key(place: &Place, key: &Key) -> bool {
    key.places().any(|other| match (&place.source, &other.source) {
        (Source::TypeAround(_) | Source::ConstantAround(_), _) => true,
        (Source::TypeParameter(name), Source::TypeParameter(other))
        | (Source::ConstParameter(name), Source::ConstParameter(other)) => name == other,
        _ => is_same_argument(place, other) && (other.annotation.is_none() || is_same_part(place, other)),
    })
}

fn is_same_part(place: &Place, other: &Place) -> bool {
    is_same_argument(place, other) && place.text == other.text
}

fn is_same_argument(place: &Place, other: &Place) -> bool {
    match (&place.source, &other.source) {
        (Source::Receiver, Source::Receiver) => true,
        (Source::Argument { index, .. }, Source::Argument { index: other, .. }) => index == other,
        _ => false,
    }
}

/// Emits the calls that give a key, or a miss, its tags, from the wrapper's arguments.
pub fn from_wrapper(model: &Model) -> TokenStream {
    calls(model.tags.iter().map(|tag| writing::from_wrapper(model, tag)))
}

/// Emits the same from the arguments of the companion.
pub fn from_companion(model: &Model, parameters: &[Parameter]) -> TokenStream {
    calls(model.tags.iter().map(|tag| writing::from_companion(model, tag, parameters)))
}

/// Emits a closure that does it from the tuple of a method's companion.
pub fn from_tuple(model: &Model, parameters: &[Parameter]) -> Option<TokenStream> {
    let calls = calls(model.tags.iter().map(|tag| {
        let writes = writing::inside_tuple(model, tag, parameters);
        quote_spanned!(Span::mixed_site()=> |__key| { #writes })
    }));
    let tuple = writing::tuple(parameters);
    // A tag need not speak of all that the key speaks of.
    let names = parameters.iter().map(|parameter| &parameter.name);
    let emit = || quote_spanned!(Span::mixed_site()=> |#tuple, __key| { #(let _ = #names;)* __key #calls });
    (!model.tags.is_empty()).then(emit)
}

fn calls(writes: impl Iterator<Item = TokenStream>) -> TokenStream {
    writes.map(|writes| quote_spanned!(Span::mixed_site()=> .__tag(#writes))).collect()
}
