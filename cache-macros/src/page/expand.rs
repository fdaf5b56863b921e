//! What the attribute becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, parse_quote};

use super::extractor::Turn;
use super::model::Model;
use super::{companion, method, name};

/// Emits the function for the router, and what stands beside it.
pub fn expand(model: &Model) -> TokenStream {
    let wrapper = wrapper(model);
    let beside = if model.is_method { method::beside(model) } else { companion::expand(model) };
    quote!(#wrapper #beside)
}

/// Emits the handler as it was written, so that the editor and its router have it.
pub fn after_errors(model: &Model) -> TokenStream {
    let function = &model.function;
    let companion = model.companion();
    let (cfg, vis) = (&model.attributes.cfg, &function.vis);
    let beside =
        (!model.is_method).then(|| quote!(#(#cfg)* #[doc(hidden)] #[allow(dead_code)] #vis enum #companion {}));
    quote!(#function #beside)
}

/// Emits the function that a router is given: it answers with the page that is kept, or with one that the handler makes.
fn wrapper(model: &Model) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.wrapper, &model.function.vis);
    let larder = model.larder();
    let mut sig = model.function.sig.clone();
    let [before, after] = [Turn::Before, Turn::After].map(|turn| types(model, turn));
    let receiver = model.receiver.as_ref().map(|receiver| {
        let mut receiver = receiver.clone();
        receiver.attrs.clear();
        FnArg::Receiver(receiver)
    });
    let arrival: FnArg = syn::parse_quote_spanned!(Span::mixed_site()=> __arrival: #larder::page::Arrival<(#(#before,)*), (#(#larder::page::__private::After<#after>,)*)>);
    sig.inputs = receiver.into_iter().chain([arrival]).collect();
    sig.output = parse_quote!(-> #larder::page::__private::Response);
    let held = held(model);
    let told = name::told(model);
    let pages = pages(model);
    let taken_before = model.taken(Turn::Before).map(|(index, extractor)| match extractor.turn {
        Turn::Both => quote!(_),
        Turn::Before | Turn::After => Model::name_of(index).into_token_stream(),
    });
    let taken_after = model.taken(Turn::After).map(|(index, _)| Model::name_of(index));
    let body = called(model);
    let body = model.function.braced(quote_spanned! {Span::mixed_site()=>
        #held
        #told
        __arrival.answer(#pages, move |(#(#taken_before,)*), (#(#larder::page::__private::After(#taken_after),)*)| async move {
            use #larder::page::__private::Fallback as _;
            #larder::page::__private::Outcome(#body.await).answer()
        }).await
    });
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #(#attrs)*
        #vis #sig #body
    }
}

fn types(model: &Model, turn: Turn) -> Vec<TokenStream> {
    model.taken(turn).map(|(_, extractor)| extractor.argument.ty.to_token_stream()).collect()
}

/// Emits what holds the names of extractors against their types.
fn held(model: &Model) -> TokenStream {
    let known = model.extractors.iter().filter(|extractor| !extractor.kind.is_to_be_accounted_for());
    let held = known.map(|extractor| {
        let ty = &extractor.argument.ty;
        let span = ty.span().resolved_at(Span::mixed_site());
        let larder = name::larder_at(model, span);
        quote_spanned!(span=> #larder::page::__private::derived::<#ty>();)
    });
    held.collect()
}

/// Emits the handler's place in the program.
fn pages(model: &Model) -> TokenStream {
    if model.is_method {
        let pages = name::beside(model, "pages");
        return quote_spanned!(Span::mixed_site()=> Self::#pages());
    }
    let companion = model.companion();
    quote_spanned!(Span::mixed_site()=> #companion::__pages())
}

/// Emits the call of the function that has the body.
fn called(model: &Model) -> TokenStream {
    let owner = model.owner();
    let uncached = uncached_name(model);
    let params = model.function.sig.generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Lifetime(_) => None,
        syn::GenericParam::Type(param) => Some(&param.ident),
        syn::GenericParam::Const(param) => Some(&param.ident),
    });
    let params: Vec<_> = params.collect();
    let fish = (!params.is_empty()).then(|| quote!(::<#(#params),*>));
    let receiver =
        model.receiver.as_ref().map(|receiver| &receiver.self_token).into_iter().map(ToTokens::to_token_stream);
    let arguments = receiver.chain((0..model.extractors.len()).map(|index| Model::name_of(index).to_token_stream()));
    quote_spanned!(Span::mixed_site()=> #owner::#uncached #fish(#(#arguments),*))
}

pub fn uncached_name(model: &Model) -> syn::Ident {
    if model.is_method { name::beside(model, "uncached") } else { syn::Ident::new("uncached", Span::mixed_site()) }
}

/// Emits the function that has the body, as it was written.
pub fn uncached(model: &Model) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.body, &model.function.vis);
    let mut sig = model.function.sig.clone();
    sig.ident = uncached_name(model);
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
pub fn place(model: &Model) -> TokenStream {
    let (larder, naming) = (model.larder(), &model.options.naming);
    let name = syn::ext::IdentExt::unraw(&model.function.sig.ident).to_string();
    let (pattern, layer) = (name::pattern(model), super::layer::layer(model));
    let cache = naming.cache.as_ref().map(|name| quote!(.cache(#name)));
    let version = naming.version.as_ref().map(|version| quote!(.version(#version)));
    // Pages of a method go by the type around it, which no static can name.
    let companion = model.companion();
    let path = if model.is_method { quote!(|| "") } else { quote!(::core::any::type_name::<#companion>) };
    quote_spanned! {Span::mixed_site()=>
        #larder::page::__private::page_site!(#name, #pattern, [#cache #version], #path, #layer)
    }
}
