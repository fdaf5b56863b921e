//! What writes the name of pages, and their tags.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;

use super::expand;
use super::extractor::{Extractor, Turn};
use super::layer::option;
use super::model::Model;
use super::parameters;
use crate::key::{Key, Origin, Part, Place, Source};
use crate::spelling;

/// Where a name is written, which decides what its places are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From what was taken on arrival.
    Arrival,
    /// From the arguments of the companion.
    Companion,
}

/// What an arrival is told that its page goes by.
pub struct Told {
    /// The step that comes before.
    pub before: Option<TokenStream>,
    /// By what it goes beside its URL, if by anything.
    pub named: TokenStream,
    /// What makes its tags. A page that is found has them already.
    pub tags: TokenStream,
}

/// Emits what an arrival is told.
pub fn told(model: &Model) -> Told {
    if model.key.is_none() && model.tags.is_empty() && !model.is_generic() {
        return Told { before: None, named: option(None), tags: quote!(|_| []) };
    }
    let larder = model.larder();
    let (names, opened): (Vec<_>, Vec<_>) = model.taken(Turn::Before).map(|before| opened(model, before)).unzip();
    let before = expand::before_as(model, quote!((#(#names,)*)), |before| quote!((#before)));
    let open = quote_spanned!(Span::mixed_site()=> let #before = __before; #(#opened)*);
    let (key, types) = (option(model.key.as_ref().map(|_| key(model, From::Arrival))), types(model));
    let new = quote_spanned!(Span::mixed_site()=> #larder::page::__private::Named::new(#types, #key));
    let (early, tags) = tags(model, &open);
    let (pattern, value) = match early {
        Some(tags) => (quote_spanned!(Span::mixed_site()=> (__named, __tags)), quote!((#new, #tags))),
        None => (quote_spanned!(Span::mixed_site()=> __named), new),
    };
    let step = quote_spanned! {Span::mixed_site()=>
        let #pattern = {
            let __before = __arrival.before();
            #open
            #value
        };
    };
    Told { before: Some(step), named: option(Some(quote_spanned!(Span::mixed_site()=> &__named))), tags }
}

/// Emits the tags that are written beside the name, and what makes those of a page that is not there.
fn tags(model: &Model, open: &TokenStream) -> (Option<TokenStream>, TokenStream) {
    let tags = model.tags.iter().map(|tag| tag_of(model, tag));
    let tags = quote_spanned!(Span::mixed_site()=> [#(#tags),*]);
    if model.tags.is_empty() {
        (None, quote!(|_| []))
    } else if model.receiver.is_some() {
        // The body takes the receiver along, of which they may say something.
        (Some(tags), quote_spanned!(Span::mixed_site()=> |_| __tags))
    } else {
        (None, quote_spanned!(Span::mixed_site()=> |__before| { #open #tags }))
    }
}

/// Emits what is called by a name of what was taken, and how its parts get theirs: nothing, where the name of pages has none
/// of them. Those of them that it leaves out are used too, by saying them: to allow that they are not could meet a `forbid`.
fn opened(model: &Model, (index, extractor): (usize, &Extractor)) -> (TokenStream, TokenStream) {
    let is_named = |key: &Key| !key.places_of(Some(index)).is_empty();
    if !model.key.iter().chain(&model.tags).any(is_named) {
        return (quote!(_), TokenStream::new());
    }
    let (name, pat) = (Model::name_of(index), extractor.argument.by_reference());
    let bindings = extractor.argument.bindings.iter().filter(|binding| !binding.to_string().starts_with('_'));
    let inside = model.inside(extractor).map(|_| quote_spanned!(Span::mixed_site()=> &**));
    (name.to_token_stream(), quote_spanned!(Span::mixed_site()=> let #pat = #inside #name; let _ = (#(&#bindings,)*);))
}

/// Emits the name of the function that has the body, with the types that it is generic over: they may make different pages.
fn types(model: &Model) -> TokenStream {
    if !model.is_generic() {
        return quote!("");
    }
    let body = expand::body(model);
    quote_spanned!(Span::mixed_site()=> ::core::any::type_name_of_val(&#body))
}

/// Emits the name of pages: the key that was written, or the path of their handler.
pub fn key(model: &Model, from: From) -> TokenStream {
    let larder = model.larder();
    let Some((key, text)) = model.key.as_ref().and_then(|key| Some((key, pattern_of(key)?))) else {
        let path = path(model);
        return quote_spanned!(Span::mixed_site()=> #larder::Key::from(#path));
    };
    let writes = writes(model, key, from);
    quote_spanned!(Span::mixed_site()=> #larder::Key::write(#larder::__private::mark!(#text), |__key| { __key #writes; }))
}

/// Emits a tag, which is a text.
fn tag_of(model: &Model, tag: &Key) -> TokenStream {
    let (larder, writes) = (model.larder(), writes(model, tag, From::Arrival));
    quote_spanned!(Span::mixed_site()=> #larder::page::__private::tag(|__key| { __key #writes; }))
}

/// Emits the calls that write a pattern.
fn writes(model: &Model, key: &Key, from: From) -> TokenStream {
    let parts = key.parts.iter().map(|part| match part {
        Part::Literal(text) => quote_spanned!(Span::mixed_site()=> .literal(#text)),
        Part::Place(place) => place_of(model, place, from),
    });
    parts.collect()
}

fn place_of(model: &Model, place: &Place, from: From) -> TokenStream {
    let span = place.span.resolved_at(Span::mixed_site());
    let root = match &place.source {
        Source::TypeParameter(ty) | Source::TypeAround(ty) => return quote_spanned!(span=> .name::<#ty>()),
        Source::ConstParameter(value) | Source::ConstantAround(value) => return quote_spanned!(span=> .part(&#value)),
        Source::Argument { .. } | Source::Receiver if from == From::Companion && place.annotation.is_some() => {
            let name = place.part_name();
            return quote_spanned!(span=> .part(&#name));
        }
        Source::Argument { binding, .. } => {
            let mut binding = binding.clone();
            binding.set_span(binding.span().located_at(place.span));
            binding.to_token_stream()
        }
        Source::Receiver if from == From::Companion => quote_spanned!(span=> this),
        Source::Receiver => model.receiver.as_ref().map(|receiver| receiver.self_token).to_token_stream(),
    };
    let steps = &place.steps;
    // One reference is enough, and an error then speaks of the type itself.
    let sign = if is_reference(model, place, from) { quote_spanned!(span=> &*) } else { quote_spanned!(span=> &) };
    // The type that was written is held against the one that is there.
    let ty = place.annotation.as_ref().map(|ty| quote_spanned!(span=> ::<#ty>));
    quote_spanned!(span=> .part #ty (#sign #root #steps))
}

/// Whether a place is a reference already: a whole argument, which has been opened by reference, or one that the companion
/// borrows.
fn is_reference(model: &Model, place: &Place, from: From) -> bool {
    let Source::Argument { binding, .. } = &place.source else { return false };
    let borrows = || {
        let parameters = parameters::parameters(model).unwrap_or_default();
        parameters.iter().any(|parameter| parameter.name == *binding && parameter.is_reference(model))
    };
    place.steps.is_empty() && (from == From::Arrival || borrows())
}

/// Emits the path of the handler, which is the name of all its pages.
pub fn path(model: &Model) -> TokenStream {
    let name = format!("::{}", spelling::plain(&model.function.sig.ident));
    quote_spanned!(Span::mixed_site()=> ::core::concat!(::core::module_path!(), #name))
}

/// Emits the pattern that its place in the program shows: that of its pages' names.
pub fn pattern(model: &Model) -> TokenStream {
    model.key.as_ref().and_then(pattern_of).unwrap_or_else(|| path(model))
}

fn pattern_of(key: &Key) -> Option<TokenStream> {
    let Origin::Written { literal, text } = &key.origin else { return None };
    let span = literal.span();
    Some(quote_spanned!(span=> #text))
}

/// Returns the name of something that stands beside a handler in an `impl`.
pub fn beside(model: &Model, what: &str) -> Ident {
    format_ident!("{}_{what}", model.companion(), span = Span::mixed_site())
}
