//! The companion of a free handler: an empty enum of its name.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::expand::{place, uncached};
use super::model::Model;
use super::name::{self, From};
use super::parameters;
use crate::attributes::{allow_docs, ours};
use crate::bodies::Bodies;
use crate::generics::{needed, turbofish};
use crate::key::Key;

pub fn expand(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, vis, companion, larder) = (&model.attributes.cfg, &model.function.vis, model.companion(), model.larder());
    let doc = format!(" The pages of `{}`: their name, and what becomes of them.", model.function.sig.ident);
    let (uncached, verbs, docs, place) = (uncached(model, bodies), verbs(model, bodies), allow_docs(vis), place(model));
    let pages = bodies.of(quote_spanned!(Span::mixed_site()=> { #place }));
    let declared = ours(companion);
    // What makes a route of the handler makes a type of its name.
    let declared = (model.routes.is_empty() || *companion != model.function.sig.ident).then(|| {
        quote_spanned! {Span::mixed_site()=>
            #(#cfg)*
            #[doc = #doc]
            #vis enum #declared {}
        }
    });
    quote_spanned! {Span::mixed_site()=>
        #declared

        #(#cfg)*
        #docs
        impl #companion {
            #uncached
            #verbs

            #[doc(hidden)]
            #vis fn __pages() -> &'static #larder::page::__private::PageSite #pages
        }
    }
}

/// Emits what names pages, and invalidates them.
fn verbs(model: &Model, bodies: Bodies) -> TokenStream {
    let (larder, vis, word) = (model.larder(), &model.function.vis, bodies.word());
    let parameters = parameters::parameters(model).unwrap_or_default();
    let types = parameters.iter().map(|parameter| parameter.ty.to_token_stream());
    let generics = needed(&model.function.sig.generics, types.chain(model.key.iter().flat_map(Key::parameters)));
    let (bounds, fish) = (&generics.where_clause, turbofish(&generics));
    let declared = parameters.iter().map(|parameter| parameter.declared(model, bodies));
    let borrowed = parameters.iter().filter_map(|parameter| parameter.borrowed(model));
    let key = name::key(model, From::Companion);
    let all = model.key.as_ref().map(|_| {
        let path = name::path(model);
        quote_spanned!(Span::mixed_site()=> , #larder::Key::from(#path))
    });
    quote_spanned! {Span::mixed_site()=>
        #larder::page::__private::page_verbs! {
            #word #vis [#generics] [#fish] [#bounds] (#(#declared),*) => { #(#borrowed)* #key } #all
        }
    }
}
