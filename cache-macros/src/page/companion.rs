//! The companion of a free handler: an empty enum of its name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::expand::{place, uncached};
use super::model::Model;
use super::name::{self, From};
use super::parameters;
use crate::bodies::Bodies;
use crate::generics::{needed, turbofish};

pub fn expand(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, vis, companion, larder) = (&model.attributes.cfg, &model.function.vis, model.companion(), model.larder());
    let doc = format!(" The pages of `{}`: their name, and what becomes of them.", model.function.sig.ident);
    let (uncached, place, verbs) = (uncached(model, bodies), place(model, bodies), verbs(model, bodies));
    let declared = ours(companion);
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc = #doc]
        #vis enum #declared {}

        #(#cfg)*
        #[allow(dead_code)]
        impl #companion {
            #uncached
            #verbs

            /// Returns the handler as a place in the program: where it stands, what it has counted, and its switch.
            #[must_use]
            #vis fn site() -> &'static #larder::Site {
                Self::__pages().site()
            }

            /// Returns what its pages have counted since the program began.
            #[must_use]
            #vis fn stats() -> #larder::Stats {
                Self::site().stats()
            }

            #[doc(hidden)]
            #vis fn __pages() -> &'static #larder::page::__private::PageSite #place
        }
    }
}

/// Returns a name as a word of the expansion, which lints leave alone.
fn ours(name: &Ident) -> Ident {
    let mut ours = name.clone();
    ours.set_span(Span::call_site().located_at(name.span()));
    ours
}

/// Emits what names pages, and invalidates them.
fn verbs(model: &Model, bodies: Bodies) -> TokenStream {
    let (larder, vis) = (model.larder(), &model.function.vis);
    let parameters = parameters::parameters(model).unwrap_or_default();
    let types = parameters.iter().map(|parameter| parameter.ty.to_token_stream());
    let generics =
        needed(&model.function.sig.generics, types.chain(model.key.iter().flat_map(crate::key::Key::parameters)));
    let (bounds, fish) = (&generics.where_clause, turbofish(&generics));
    let declared: Vec<_> = parameters.iter().map(|parameter| parameter.declared(model, bodies)).collect();
    let names: Vec<_> = parameters.iter().map(|parameter| &parameter.name).collect();
    let borrowed = parameters.iter().filter_map(|parameter| parameter.borrowed(model));
    let key = name::key(model, From::Companion);
    let key = bodies.of(quote_spanned!(Span::mixed_site()=> { #(#borrowed)* #key }));
    let entry = quote_spanned!(Span::mixed_site()=> Self::__entry #fish(#(#names),*));
    let invalidate = bodies.of(quote_spanned!(Span::mixed_site()=> { #entry.invalidate().await; }));
    let blocking = bodies
        .of(quote_spanned!(Span::mixed_site()=> { #larder::__private::Invalidation::new([#entry]).now_blocking(); }));
    let entry = bodies.of(quote_spanned! {Span::mixed_site()=> {
        #larder::__private::Entry::of_pages(Self::site(), Self::key #fish(#(#names),*))
    }});
    let all = all(model, bodies);
    quote_spanned! {Span::mixed_site()=>
        /// Returns the name of its pages for these arguments: a tag that all of them have, whatever their URL.
        #[must_use]
        #vis fn key #generics (#(#declared),*) -> #larder::Key #bounds #key

        /// Invalidates its pages for these arguments, whatever their URL; one that is being made is not kept either.
        #vis async fn invalidate #generics (#(#declared),*) #bounds #invalidate

        /// Does the same as [`invalidate`](Self::invalidate), and blocks.
        #vis fn invalidate_blocking #generics (#(#declared),*) #bounds #blocking

        #all

        #[doc(hidden)]
        #vis fn __entry #generics (#(#declared),*) -> #larder::__private::Entry #bounds #entry
    }
}

/// Emits what invalidates all pages, where each has a name of its own.
fn all(model: &Model, bodies: Bodies) -> Option<TokenStream> {
    model.key.as_ref()?;
    let (larder, vis, path) = (model.larder(), &model.function.vis, name::path(model));
    let body = bodies.of(quote_spanned! {Span::mixed_site()=> {
        #larder::__private::Entry::of_pages(Self::site(), #larder::Key::from(#path)).invalidate().await;
    }});
    Some(quote_spanned! {Span::mixed_site()=>
        /// Invalidates all its pages, whatever their name.
        #vis async fn invalidate_all() #body
    })
}
