//! What the attribute becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, Safety, Signature, parse_quote_spanned};

use super::extractor::Turn;
use super::model::Model;
use super::{companion, debug, layer, method, name};
use crate::around::Around;
use crate::attributes::allow_docs;
use crate::bodies::Bodies;
use crate::framework::Framework;
use crate::generics::turbofish;
use crate::key::Key;
use crate::{larder_path, spelling};

/// Emits the function for the router, and what stands beside it.
pub fn expand(model: &Model) -> TokenStream {
    whole(model, Bodies::Real)
}

/// Emits the handler with its body for the editor, and of the rest what others need to be written: whoever names it is not to
/// blame for the mistake.
pub fn after_errors(model: &Model) -> TokenStream {
    let has_no_room = model.function.body.is_none() || model.around == Some(Around::Trait);
    let stands_alone = has_no_room || model.is_below_debug_handler();
    if stands_alone { model.function.to_token_stream() } else { whole(model, Bodies::Hollow) }
}

fn whole(model: &Model, bodies: Bodies) -> TokenStream {
    let (wrapper, debugged) = (wrapper(model, bodies), debug::debugged(model));
    let beside = if model.is_method { method::beside(model, bodies) } else { companion::expand(model, bodies) };
    quote!(#wrapper #debugged #beside)
}

/// Emits the function that a router is given: it answers with the page that is kept, or with one that the handler makes.
fn wrapper(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.wrapper, &model.function.vis);
    let routes = &model.routes;
    let sig = bodies.signature(signature(model));
    let body = match bodies {
        Bodies::Real => model.function.braced(answer(model)),
        Bodies::Hollow => bodies.of(TokenStream::new()),
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #(#routes)*
        #(#attrs)*
        #vis #sig #body
    }
}

/// Returns the signature with one argument in the place of all extractors.
fn signature(model: &Model) -> Signature {
    let room = model.room();
    let [before, after] = [Turn::Before, Turn::After].map(|turn| {
        model.taken(turn).map(|(_, extractor)| extractor.argument.ty.to_token_stream()).collect::<Vec<_>>()
    });
    let before = before_as(model, quote!((#(#before,)*)), |before| quote!(<#before>));
    let receiver = model.receiver.clone().map(|mut receiver| {
        receiver.attrs.clear();
        receiver.mutability = None;
        FnArg::Receiver(receiver)
    });
    let arrival: FnArg = parse_quote_spanned! {Span::mixed_site()=>
        __arrival: #room::Arrival<#before, (#(#room::__private::After<#after>,)*)>
    };
    let mut sig = model.function.sig.clone();
    // A page that is there is answered with at once: a future of its own would move the request once more.
    sig.asyncness = None;
    (sig.constness, sig.safety, sig.abi) = (None, Safety::Default, None);
    sig.inputs = receiver.into_iter().chain([arrival]).collect();
    sig.output = parse_quote_spanned!(Span::mixed_site()=> -> #room::__private::Answering);
    sig
}

/// Emits the answer to what has arrived.
fn answer(model: &Model) -> TokenStream {
    let (room, name::Told { before: told, named, tags }) = (model.room(), name::told(model));
    let pages = pages(model);
    // What cannot be sent is in the handler.
    let span = model.function.sig.ident.span().resolved_at(Span::mixed_site());
    let made = made(model);
    let (answer, made) = (Ident::new("answer", span), quote_spanned!(span=> async move { #made }));
    let before = model.taken(Turn::Before).map(|(index, extractor)| match extractor.turn {
        // The body gets the one that is taken later.
        Turn::Both => quote!(_),
        Turn::Before | Turn::After => Model::name_of(index).into_token_stream(),
    });
    let before = before_as(model, quote!((#(#before,)*)), |before| quote!((#before)));
    let after = model.taken(Turn::After).map(|(index, _)| Model::name_of(index));
    quote_spanned! {Span::mixed_site()=>
        #told
        __arrival
            .#answer(#pages, #named, #tags, move |#before, (#(#room::__private::After(#after),)*)| #made)
    }
}

/// Emits what was taken on arrival, a type or a pattern: where none of it stands guard, it says so.
pub fn before_as(model: &Model, before: TokenStream, inside: fn(TokenStream) -> TokenStream) -> TokenStream {
    if model.is_guarded() || model.taken(Turn::Before).next().is_none() {
        return before;
    }
    let (room, inside) = (model.room(), inside(before));
    quote_spanned!(Span::mixed_site()=> #room::__private::Unguarded #inside)
}

/// Emits what holds the names of extractors against their types: those of the values, since what is wrong with a type that is
/// written once more is said once more.
fn held(model: &Model) -> TokenStream {
    if model.framework == Framework::Actix {
        // What takes them holds them.
        return TokenStream::new();
    }
    let known = model.extractors.iter().enumerate().filter(|(_, extractor)| !extractor.kind.is_to_be_accounted_for());
    let held = known.map(|(index, extractor)| {
        let span = extractor.argument.ty.span().resolved_at(Span::mixed_site());
        let (room, name) = (larder_path::at(&model.room(), span), Ident::new(&format!("__arg{index}"), span));
        quote_spanned!(span=> #room::__private::derived(&#name);)
    });
    held.collect()
}

/// Emits the call that returns the handler's place in the program.
fn pages(model: &Model) -> TokenStream {
    let owner = model.owner();
    if model.is_method {
        let site = name::beside(model, "site");
        quote_spanned!(Span::mixed_site()=> #owner::#site().__pages())
    } else {
        quote_spanned!(Span::mixed_site()=> #owner::__pages())
    }
}

/// Emits the response that the body makes.
fn made(model: &Model) -> TokenStream {
    let (room, body) = (model.room(), body(model));
    let receiver = model.receiver.iter().map(|receiver| receiver.self_token.to_token_stream());
    let arguments = receiver.chain((0..model.extractors.len()).map(|index| Model::name_of(index).to_token_stream()));
    let span = model.function.returns().map_or_else(Span::call_site, Spanned::span).resolved_at(Span::mixed_site());
    let there = larder_path::at(&room, span);
    let outcome = quote_spanned!(span=> #there::__private::Outcome(__made).answer());
    let held = held(model);
    quote_spanned! {Span::mixed_site()=>
        use #room::__private::Fallback as _;
        #held
        let __made = #body(#(#arguments),*).await;
        #outcome
    }
}

/// Emits the path of the function that has the body.
pub fn body(model: &Model) -> TokenStream {
    let (owner, name, fish) = (model.owner(), uncached_name(model), turbofish(&model.function.sig.generics));
    quote_spanned!(Span::mixed_site()=> #owner::#name #fish)
}

fn uncached_name(model: &Model) -> Ident {
    if model.is_method { name::beside(model, "uncached") } else { Ident::new("uncached", Span::mixed_site()) }
}

/// Emits the function that has the body, as it was written.
pub fn uncached(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.body, &model.function.vis);
    let mut sig = model.function.sig.clone();
    sig.ident = uncached_name(model);
    if bodies == Bodies::Hollow {
        // The compiler has something to say of it too.
        sig.constness = None;
    }
    let allow = if model.is_method { allow_docs(vis) } else { None };
    let body = &model.function.body;
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        /// Makes the page, and leaves the cache alone.
        #allow
        #[allow(clippy::unused_async)]
        #(#attrs)*
        #vis #sig #body
    }
}

/// Emits the handler's place in the program.
pub fn place(model: &Model) -> TokenStream {
    let (larder, naming) = (model.larder(), &model.options.naming);
    let name = spelling::plain(&model.function.sig.ident);
    let (pattern, layer) = (name::pattern(model), layer::layer(model));
    let cache = naming.cache.as_ref().map(|name| quote!(.cache(#name)));
    let version = naming.version.as_ref().map(|version| quote!(.version(#version)));
    let tags: Vec<_> = model.tags.iter().map(Key::text).collect();
    let tags = (!tags.is_empty()).then(|| quote!(.tags(&[#(#tags),*])));
    // Pages of a method go by the type around it, which no static can name.
    let companion = model.companion();
    let path = if model.is_method { quote!(|| "") } else { quote!(::core::any::type_name::<#companion>) };
    quote_spanned! {Span::mixed_site()=>
        #larder::page::__private::page_site!(#name, #pattern, [#cache #version #tags], #path, #layer)
    }
}
