//! What writes the name of pages, and their tags.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

use super::extractor::Turn;
use super::model::Model;
use super::parameters;
use crate::key::{Key, Origin, Part, Place, Source};
use crate::larder_path;

/// Where a name is written, which decides what its places are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From what was taken on arrival.
    Arrival,
    /// From the arguments of the companion.
    Companion,
}

/// Emits the step by which an arrival is told what its page goes by; nothing where that is its URL alone.
pub fn told(model: &Model) -> Option<TokenStream> {
    if model.key.is_none() && model.tags.is_empty() && !model.is_generic() {
        return None;
    }
    let larder = model.larder();
    let names = model.taken(Turn::Before).map(|(index, _)| Model::name_of(index));
    let opened = model.taken(Turn::Before).map(|(index, extractor)| {
        let (name, pat, bindings) =
            (Model::name_of(index), extractor.argument.by_reference(), &extractor.argument.bindings);
        quote_spanned!(Span::mixed_site()=> let #pat = #name; let _ = (#(&#bindings,)*);)
    });
    let key = match &model.key {
        Some(key) => {
            let key = written(model, key, From::Arrival);
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#key))
        }
        None => quote_spanned!(Span::mixed_site()=> ::core::option::Option::None),
    };
    let tags = model.tags.iter().map(|tag| tag_of(model, tag));
    let types = types(model);
    Some(quote_spanned! {Span::mixed_site()=>
        let __arrival = {
            let (__key, __tags) = {
                let (#(#names,)*) = __arrival.before();
                #(#opened)*
                (#key, [#(#tags),*] as [#larder::Key; _])
            };
            __arrival.named(#types, __key, __tags)
        };
    })
}

/// Emits the names of the types that a handler is generic over, which may make different pages.
fn types(model: &Model) -> TokenStream {
    if !model.is_generic() {
        return quote!("");
    }
    let own = model.is_method.then(|| quote!(Self,));
    let types = model.function.sig.generics.type_params().map(|param| &param.ident);
    quote_spanned!(Span::mixed_site()=> ::core::any::type_name::<(#own #(#types,)*)>())
}

/// Emits a key of this pattern.
pub fn written(model: &Model, key: &Key, from: From) -> TokenStream {
    let (larder, writes) = (model.larder(), writes(key, from));
    let Origin::Written { literal, text } = &key.origin else { return TokenStream::new() };
    let span = literal.span();
    let text = quote_spanned!(span=> #text);
    quote_spanned!(Span::mixed_site()=> #larder::Key::write(#larder::__private::mark!(#text), |__key| { __key #writes; }))
}

/// Emits a tag, which is a text.
fn tag_of(model: &Model, tag: &Key) -> TokenStream {
    let (larder, writes) = (model.larder(), writes(tag, From::Arrival));
    quote_spanned!(Span::mixed_site()=> #larder::page::__private::tag(|__key| { __key #writes; }))
}

/// Emits the calls that write a pattern.
pub fn writes(key: &Key, from: From) -> TokenStream {
    let parts = key.parts.iter().map(|part| match part {
        Part::Literal(text) => quote_spanned!(Span::mixed_site()=> .literal(#text)),
        Part::Place(place) => place_of(place, from),
    });
    parts.collect()
}

fn place_of(place: &Place, from: From) -> TokenStream {
    let span = place.span.resolved_at(Span::mixed_site());
    let root = match &place.source {
        Source::TypeParameter(ty) | Source::TypeAround(ty) => return quote_spanned!(span=> .name::<#ty>()),
        Source::ConstParameter(value) | Source::ConstantAround(value) => return quote_spanned!(span=> .part(&#value)),
        Source::Argument { .. } | Source::Receiver if from == From::Companion && place.annotation.is_some() => {
            let name = parameters::part_name(place);
            return quote_spanned!(span=> .part(&#name));
        }
        Source::Argument { binding, .. } => {
            let mut binding = binding.clone();
            binding.set_span(binding.span().located_at(place.span));
            binding.to_token_stream()
        }
        Source::Receiver if from == From::Companion => quote_spanned!(span=> this),
        Source::Receiver => quote_spanned!(place.span=> self),
    };
    let steps = &place.steps;
    match &place.annotation {
        // The type that was written is held against the one that is there.
        Some(ty) => quote_spanned!(span=> .part::<#ty>(&#root #steps)),
        None => quote_spanned!(span=> .part(&#root #steps)),
    }
}

/// Emits the path of the handler, which is the name of all its pages.
pub fn path(model: &Model) -> TokenStream {
    let name = format!("::{}", model.function.sig.ident.unraw());
    quote_spanned!(Span::mixed_site()=> ::core::concat!(::core::module_path!(), #name))
}

/// Emits the pattern that its place in the program shows: that of its pages' names.
pub fn pattern(model: &Model) -> TokenStream {
    match model.key.as_ref().map(|key| &key.origin) {
        Some(Origin::Written { literal, text }) => {
            let span = literal.span();
            quote_spanned!(span=> #text)
        }
        _ => path(model),
    }
}

/// Emits the path of larder where something of the user's stands.
pub fn larder_at(model: &Model, span: Span) -> TokenStream {
    larder_path::at(&model.larder(), span)
}

/// Emits nothing but the word for a method's own name.
pub fn beside(model: &Model, what: &str) -> syn::Ident {
    quote::format_ident!("{}_{what}", model.companion(), span = Span::mixed_site())
}
