//! What writes a key: `__key.literal("profile:").part(&id);`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::facts::{Parameter, Subject, plain_name};
use super::model::{Model, Stand};
use crate::argument::Argument;
use crate::key::{Key, Origin, Part, Place, Source};
use crate::passing::{Passing, elided};
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
    closure(&TokenStream::new(), &inside_wrapper(model, key))
}

/// Emits what writes the key where those arguments are known.
pub fn inside_wrapper(model: &Model, key: &Key) -> TokenStream {
    let writes = writes(model, key, From::Wrapper);
    // The signature of a function that nothing stands beside keeps its patterns, and so its names.
    if model.stand == Stand::Inside {
        return writes;
    }
    let used = model.arguments.iter().enumerate().filter(|(index, _)| !key.places_of(Some(*index)).is_empty());
    let patterns = used.filter(|(_, argument)| !argument.is_plain()).map(|(_, argument)| {
        let name = &argument.name;
        taken_apart(argument, &quote_spanned!(Span::mixed_site()=> &#name))
    });
    let patterns: TokenStream = patterns.collect();
    quote!(#patterns #writes)
}

/// Emits a closure that writes the key, or a tag, from the arguments of the companion.
pub fn from_companion(model: &Model, key: &Key, parameters: &[Parameter]) -> TokenStream {
    // A tag need not speak of all that the key speaks of.
    let is_written = |parameter: &&Parameter| match parameter.subject {
        Subject::Argument(index) => !key.places_of(Some(index)).is_empty(),
        Subject::Receiver | Subject::Part => true,
    };
    let larder = model.larder();
    let taken = parameters.iter().filter(is_written).map(|parameter| {
        let name = &parameter.name;
        match (Passing::of(&model.function.sig.generics, &parameter.ty), pattern(model, parameter)) {
            (Passing::Borrow(ty), None) => {
                quote_spanned!(Span::mixed_site()=> let #name: &#ty = #larder::__private::Whole::whole(&#name);)
            }
            (Passing::Borrow(ty), Some(argument)) => {
                let whole = quote_spanned!(Span::mixed_site()=> #larder::__private::Whole::<#ty>::whole(&#name));
                taken_apart(argument, &whole)
            }
            (_, Some(argument)) => taken_apart(argument, &quote_spanned!(Span::mixed_site()=> &#name)),
            (_, None) => TokenStream::new(),
        }
    });
    closure(&taken.collect(), &writes(model, key, From::Companion))
}

/// Emits a function pointer's closure that writes the key from the tuple of a method's companion.
pub fn from_tuple(model: &Model, key: &Key, parameters: &[Parameter]) -> TokenStream {
    let (tuple, writes) = (tuple(parameters), inside_tuple(model, key, parameters));
    quote_spanned!(Span::mixed_site()=> |#tuple, __key| { #writes })
}

/// Emits the pattern that gives the parts of the tuple their names.
pub fn tuple(parameters: &[Parameter]) -> TokenStream {
    let names = parameters.iter().map(|parameter| &parameter.name);
    quote!(&(#(#names,)*))
}

/// Emits what writes the key where those names are known.
pub fn inside_tuple(model: &Model, key: &Key, parameters: &[Parameter]) -> TokenStream {
    let taken = parameters.iter().filter_map(|parameter| {
        let (name, argument) = (&parameter.name, pattern(model, parameter)?);
        Some(taken_apart(argument, &quote_spanned!(Span::mixed_site()=> &#name)))
    });
    let (taken, writes) = (taken.collect::<TokenStream>(), writes(model, key, From::Tuple));
    quote!(#taken #writes)
}

/// Returns the whole argument that a parameter stands for, where a pattern gives its parts their names.
fn pattern<'a>(model: &'a Model, parameter: &Parameter) -> Option<&'a Argument> {
    let Subject::Argument(index) = parameter.subject else { return None };
    Some(&model.arguments[index]).filter(|argument| !argument.is_plain())
}

/// Emits what gives the parts of an argument their names. Those that the key leaves out are used too, by saying them: to
/// allow that they are not could meet a `forbid`.
fn taken_apart(argument: &Argument, whole: &TokenStream) -> TokenStream {
    let (pat, names) = (argument.by_reference(), &argument.bindings);
    quote_spanned!(Span::mixed_site()=> let #pat = #whole; let _ = (#(&#names,)*);)
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
            let name = place.part_name();
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
        From::Companion | From::Tuple => Passing::of(&model.function.sig.generics, &argument.ty).is_reference(),
    }
}

/// Emits a user's name where the pattern stands, since that is what an error is about.
fn at(name: &Ident, span: Span) -> TokenStream {
    let mut name = name.clone();
    name.set_span(name.span().located_at(span));
    quote!(#name)
}
