//! What the attribute becomes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse_quote;

use super::companion;
use super::facts::Facts;
use super::model::{Model, Stand};
use super::{check, many, method, signature};
use crate::attributes;
use crate::bodies::Bodies;
use crate::key::Key;

/// Emits the wrapper and what stands beside it.
pub fn expand(model: &Model, key: &Key, facts: &Facts) -> TokenStream {
    if model.stand == Stand::Inside {
        return method::inside(model, key, facts);
    }
    let call = signature::call(model, facts);
    let wrapper = match &model.each {
        Some(each) => many::wrapper(model, each, key, &call),
        None => signature::wrapper(model, key, &call, &signature::load(model)),
    };
    let beside = beside(model, key, facts, Bodies::Real);
    quote!(#wrapper #beside)
}

/// Emits the function as it was written, so that the editor and its callers have it; and where it can be told what the
/// companion would have looked like, that too.
pub fn after_errors(mut model: Model) -> TokenStream {
    let written = model.each.as_mut().map_or(&mut model.function, |each| &mut each.function);
    written.attrs.retain(|attr| !attributes::keeps(attr));
    let function = written.to_token_stream();
    if check::signature::returns_nothing_to_keep(&model) {
        model.function.sig.output = parse_quote!(-> ());
    }
    let key = model.key.take().unwrap_or_else(|| Key::default(&model.scope(), model.ignored()));
    let facts = Facts::new(&model, &key);
    let beside = facts.map(|facts| beside(&model, &key, &facts, Bodies::Hollow));
    quote!(#function #beside)
}

fn beside(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    match model.stand {
        Stand::Free => companion::expand(model, key, facts, bodies),
        Stand::Method => method::beside(model, key, facts, bodies),
        Stand::Inside => TokenStream::new(),
    }
}
