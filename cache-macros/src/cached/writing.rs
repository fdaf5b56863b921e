//! What writes a key: `__key.literal("profile:").part(&id);`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::facts::{Parameter, Subject, part_name, plain_name};
use super::key::{Key, Origin, Part, Place, Source};
use super::model::{Model, Stand};
use super::passing::{Passing, elided};
use crate::spelling;

/// Where a key is written, which decides by what names its arguments go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The wrapper's own arguments.
    Wrapper,
    /// The arguments of an associated function of the companion.
    Companion,
    /// The tuple that a method's companion is handed.
    Tuple,
}

/// Emits a closure that writes the key from the wrapper's arguments.
pub fn from_wrapper(model: &Model, key: &Key) -> TokenStream {
    let writes = writes(model, key, From::Wrapper);
    // The signature of a function that nothing stands beside keeps its patterns, and so its names.
    if model.stand == Stand::Inside {
        return closure(&TokenStream::new(), &writes);
    }
    let used = model.arguments.iter().enumerate().filter(|(index, _)| !key.places_of(Some(*index)).is_empty());
    let patterns = used.filter(|(_, argument)| !argument.is_plain()).map(|(_, argument)| {
        let (pat, name) = (argument.by_reference(), &argument.name);
        quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)] let #pat = &#name;)
    });
    closure(&patterns.collect(), &writes)
}

/// Emits a closure that writes the key from the arguments of the companion.
pub fn from_companion(model: &Model, key: &Key, parameters: &[Parameter]) -> TokenStream {
    let taken = parameters.iter().map(|parameter| {
        let (name, pat) = (&parameter.name, pattern(model, parameter));
        match Passing::of(model, &parameter.ty) {
            Passing::Borrow(ty) => {
                let pat = pat.unwrap_or_else(|| quote!(#name));
                let allow = allow_unused(parameter);
                quote_spanned!(Span::mixed_site()=> #allow let #pat: &#ty = ::core::borrow::Borrow::borrow(&#name);)
            }
            _ => pat
                .map(|pat| quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)] let #pat = &#name;))
                .unwrap_or_default(),
        }
    });
    closure(&taken.collect(), &writes(model, key, From::Companion))
}

/// Emits a function pointer's closure that writes the key from the tuple of a method's companion.
pub fn from_tuple(model: &Model, key: &Key, parameters: &[Parameter]) -> TokenStream {
    let names = parameters.iter().map(|parameter| &parameter.name);
    let taken = parameters.iter().filter_map(|parameter| {
        let (name, pat) = (&parameter.name, pattern(model, parameter)?);
        Some(quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)] let #pat = &#name;))
    });
    let (taken, writes) = (taken.collect::<TokenStream>(), writes(model, key, From::Tuple));
    quote_spanned!(Span::mixed_site()=> |&(#(#names,)*), __key| { #taken #writes })
}

/// Returns the pattern that gives a whole argument's parts their names.
fn pattern(model: &Model, parameter: &Parameter) -> Option<TokenStream> {
    let Subject::Argument(index) = parameter.subject else { return None };
    let argument = &model.arguments[index];
    let pat = argument.by_reference();
    (!argument.is_plain()).then(|| quote!(#pat))
}

fn allow_unused(parameter: &Parameter) -> TokenStream {
    match parameter.subject {
        Subject::Argument(_) => quote!(#[allow(unused_variables)]),
        _ => TokenStream::new(),
    }
}

fn closure(taken: &TokenStream, writes: &TokenStream) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> |__key| { #taken #writes })
}

fn writes(model: &Model, key: &Key, from: From) -> TokenStream {
    let path = match key.origin {
        Origin::Written { .. } => TokenStream::new(),
        Origin::Default => {
            let path = default_path(model, key, "");
            quote_spanned!(Span::mixed_site()=> .literal(#path))
        }
    };
    let parts = key.parts.iter().map(|part| match part {
        Part::Literal(text) => quote_spanned!(Span::mixed_site()=> .literal(#text)),
        Part::Place(place) => written(model, place, from),
    });
    quote_spanned!(Span::mixed_site()=> __key #path #(#parts)*;)
}

/// Emits what stands before the arguments of a function without `key`, as text, and something behind it.
pub fn default_path(model: &Model, key: &Key, behind: &str) -> TokenStream {
    let separator = if key.parts.is_empty() { "" } else { ":" };
    let path = format!("::{}{separator}{behind}", plain_name(model));
    quote_spanned!(Span::mixed_site()=> ::core::concat!(::core::module_path!(), #path))
}

fn written(model: &Model, place: &Place, from: From) -> TokenStream {
    let span = place.span.resolved_at(Span::mixed_site());
    let is_part = from != From::Wrapper && place.annotation.is_some();
    let root = match &place.source {
        Source::TypeParameter(ty) | Source::TypeAround(ty) => return quote_spanned!(span=> .name::<#ty>()),
        Source::ConstParameter(value) | Source::ConstantAround(value) => return quote_spanned!(span=> .part(&#value)),
        Source::Argument { .. } | Source::Receiver if is_part => {
            let name = part_name(place);
            return quote_spanned!(span=> .part(&#name));
        }
        Source::Argument { binding, .. } => at(binding, place.span),
        Source::Receiver if from == From::Wrapper => {
            model.receiver.as_ref().map(|receiver| receiver.self_token).to_token_stream()
        }
        Source::Receiver => quote_spanned!(span=> this),
    };
    let steps = &place.steps;
    // One reference is enough, and an error then speaks of the type itself.
    let sign = if is_reference(model, place, from) { quote_spanned!(span=> &*) } else { quote_spanned!(span=> &) };
    match place.annotation.as_ref().map(spelling::bare) {
        // The type that was written is held against the one that is there.
        Some(Type::Reference(reference)) => {
            let ty = elided(&reference.elem);
            quote_spanned!(span=> .part::<#ty>(#sign #root #steps))
        }
        Some(ty) => quote_spanned!(span=> .part::<#ty>(#sign #root #steps)),
        None => quote_spanned!(span=> .part(#sign #root #steps)),
    }
}

/// Whether a place is a reference already: a whole argument of that type, or one that the companion borrows.
fn is_reference(model: &Model, place: &Place, from: From) -> bool {
    let Source::Argument { index, .. } = &place.source else { return false };
    let argument = &model.arguments[*index];
    if !place.steps.is_empty() || !argument.is_plain() {
        return false;
    }
    match from {
        From::Wrapper => matches!(spelling::bare(&argument.ty), Type::Reference(_)),
        From::Companion | From::Tuple => Passing::of(model, &argument.ty).is_reference(),
    }
}

/// Emits a user's name where the pattern stands, since that is what an error is about.
fn at(name: &Ident, span: Span) -> TokenStream {
    let mut name = name.clone();
    name.set_span(name.span().located_at(span));
    quote!(#name)
}
