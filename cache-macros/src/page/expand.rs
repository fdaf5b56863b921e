//! What the attribute becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, Safety, Signature, parse_quote_spanned};

use super::extractor::Turn;
use super::model::Model;
use super::{companion, layer, method, name};
use crate::around::Around;
use crate::bodies::Bodies;
use crate::generics::turbofish;
use crate::{larder_path, spelling};

/// Emits the function for the router, and what stands beside it.
pub fn expand(model: &Model) -> TokenStream {
    whole(model, Bodies::Real)
}

/// Emits the handler with its body for the editor, and of the rest what others need to be written: whoever names it is not to
/// blame for the mistake.
pub fn after_errors(model: &Model) -> TokenStream {
    let stands_alone = model.function.body.is_none() || model.around == Some(Around::Trait);
    if stands_alone { model.function.to_token_stream() } else { whole(model, Bodies::Hollow) }
}

fn whole(model: &Model, bodies: Bodies) -> TokenStream {
    let wrapper = wrapper(model, bodies);
    let beside = if model.is_method { method::beside(model, bodies) } else { companion::expand(model, bodies) };
    quote!(#wrapper #beside)
}

/// Emits the function that a router is given: it answers with the page that is kept, or with one that the handler makes.
fn wrapper(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.wrapper, &model.function.vis);
    let sig = bodies.signature(signature(model));
    let body = match bodies {
        Bodies::Real => model.function.braced(answer(model)),
        Bodies::Hollow => bodies.of(TokenStream::new()),
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #(#attrs)*
        #vis #sig #body
    }
}

/// Returns the signature with one argument in the place of all extractors.
fn signature(model: &Model) -> Signature {
    let larder = model.larder();
    let [before, after] = [Turn::Before, Turn::After].map(|turn| {
        model.taken(turn).map(|(_, extractor)| extractor.argument.ty.to_token_stream()).collect::<Vec<_>>()
    });
    let receiver = model.receiver.clone().map(|mut receiver| {
        receiver.attrs.clear();
        receiver.mutability = None;
        FnArg::Receiver(receiver)
    });
    let arrival: FnArg = parse_quote_spanned! {Span::mixed_site()=>
        __arrival: #larder::page::Arrival<(#(#before,)*), (#(#larder::page::__private::After<#after>,)*)>
    };
    let mut sig = model.function.sig.clone();
    sig.asyncness = Some(sig.asyncness.unwrap_or_default());
    (sig.constness, sig.safety, sig.abi) = (None, Safety::Default, None);
    sig.inputs = receiver.into_iter().chain([arrival]).collect();
    sig.output = parse_quote_spanned!(Span::mixed_site()=> -> #larder::page::__private::Response);
    sig
}

/// Emits the answer to what has arrived.
fn answer(model: &Model) -> TokenStream {
    let (larder, held, told) = (model.larder(), held(model), name::told(model));
    let (pages, made) = (pages(model), made(model));
    let [before, after] = [Turn::Before, Turn::After]
        .map(|turn| model.taken(turn).map(|(index, _)| Model::name_of(index)).collect::<Vec<_>>());
    quote_spanned! {Span::mixed_site()=>
        #held
        #told
        __arrival
            .answer(#pages, move |(#(#before,)*), (#(#larder::page::__private::After(#after),)*)| async move {
                use #larder::page::__private::Fallback as _;
                #made
            })
            .await
    }
}

/// Emits what holds the names of extractors against their types.
fn held(model: &Model) -> TokenStream {
    let known = model.extractors.iter().filter(|extractor| !extractor.kind.is_to_be_accounted_for());
    let held = known.map(|extractor| {
        let ty = &extractor.argument.ty;
        let span = ty.span().resolved_at(Span::mixed_site());
        let larder = larder_path::at(&model.larder(), span);
        quote_spanned!(span=> #larder::page::__private::derived::<#ty>();)
    });
    held.collect()
}

/// Emits the handler's place in the program.
fn pages(model: &Model) -> TokenStream {
    let owner = model.owner();
    let pages = if model.is_method { name::beside(model, "pages") } else { Ident::new("__pages", Span::mixed_site()) };
    quote_spanned!(Span::mixed_site()=> #owner::#pages())
}

/// Emits the response that the body makes.
fn made(model: &Model) -> TokenStream {
    let (larder, body) = (model.larder(), body(model));
    let receiver = model.receiver.iter().map(|receiver| receiver.self_token.to_token_stream());
    let arguments = receiver.chain((0..model.extractors.len()).map(|index| Model::name_of(index).to_token_stream()));
    quote_spanned!(Span::mixed_site()=> #larder::page::__private::Outcome(#body(#(#arguments),*).await).answer())
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
    let body = &model.function.body;
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        /// Makes the page, and leaves the cache alone.
        #[allow(clippy::missing_errors_doc, clippy::missing_panics_doc, clippy::must_use_candidate)]
        #(#attrs)*
        #vis #sig #body
    }
}

/// Emits the body of the function that returns the handler's place.
pub fn place(model: &Model, bodies: Bodies) -> TokenStream {
    if bodies == Bodies::Hollow {
        return bodies.of(TokenStream::new());
    }
    let (larder, naming) = (model.larder(), &model.options.naming);
    let name = spelling::plain(&model.function.sig.ident);
    let (pattern, layer) = (name::pattern(model), layer::layer(model));
    let cache = naming.cache.as_ref().map(|name| quote!(.cache(#name)));
    let version = naming.version.as_ref().map(|version| quote!(.version(#version)));
    // Pages of a method go by the type around it, which no static can name.
    let companion = model.companion();
    let path = if model.is_method { quote!(|| "") } else { quote!(::core::any::type_name::<#companion>) };
    quote_spanned! {Span::mixed_site()=> {
        #larder::page::__private::page_site!(#name, #pattern, [#cache #version], #path, #layer)
    }}
}
