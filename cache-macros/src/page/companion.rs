//! The companion of a free handler: an empty enum of its name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::expand::{place, uncached};
use super::model::Model;
use super::name::{self, From};
use super::parameters;

pub fn expand(model: &Model) -> TokenStream {
    let (cfg, vis, companion) = (&model.attributes.cfg, &model.function.vis, model.companion());
    let larder = model.larder();
    let doc = format!(" The pages of `{}`: their name, and what becomes of them.", model.function.sig.ident);
    let (uncached, place, verbs) = (uncached(model), place(model), verbs(model));
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
            #vis fn __pages() -> &'static #larder::page::__private::PageSite {
                #place
            }
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
fn verbs(model: &Model) -> TokenStream {
    let (larder, vis) = (model.larder(), &model.function.vis);
    let parameters = model.key.as_ref().and_then(|key| parameters::parameters(model, key).ok()).unwrap_or_default();
    let declared: Vec<_> = parameters.iter().map(|parameter| parameter.declared(model)).collect();
    let names: Vec<_> = parameters.iter().map(|parameter| &parameter.name).collect();
    let borrowed = parameters.iter().filter_map(|parameter| parameter.borrowed(model));
    let (generics, bounds, fish) = generics(model);
    let key = match &model.key {
        Some(key) => name::written(model, key, From::Companion),
        None => {
            let path = name::path(model);
            quote_spanned!(Span::mixed_site()=> #larder::Key::from(#path))
        }
    };
    let all = model.key.is_some().then(|| {
        let path = name::path(model);
        quote_spanned! {Span::mixed_site()=>
            /// Invalidates all its pages, whatever their name.
            #vis async fn invalidate_all() {
                #larder::__private::Entry::of_pages(Self::site(), #larder::Key::from(#path)).invalidate().await;
            }
        }
    });
    quote_spanned! {Span::mixed_site()=>
        /// Returns the name of its pages for these arguments: a tag that all of them have, whatever their URL.
        #[must_use]
        #vis fn key #generics (#(#declared),*) -> #larder::Key #bounds {
            #(#borrowed)*
            #key
        }

        /// Invalidates its pages for these arguments, whatever their URL; one that is being made is not kept either.
        #vis async fn invalidate #generics (#(#declared),*) #bounds {
            Self::__entry #fish(#(#names),*).invalidate().await;
        }

        /// Does the same as [`invalidate`](Self::invalidate), and blocks.
        #vis fn invalidate_blocking #generics (#(#declared),*) #bounds {
            #larder::__private::Invalidation::new([Self::__entry #fish(#(#names),*)]).now_blocking();
        }

        #all

        #[doc(hidden)]
        #vis fn __entry #generics (#(#declared),*) -> #larder::__private::Entry #bounds {
            #larder::__private::Entry::of_pages(Self::site(), Self::key #fish(#(#names),*))
        }
    }
}

/// Returns the generics of the handler where the name of its pages is about them, with what stands behind a signature, and in
/// a call.
pub fn generics(model: &Model) -> (TokenStream, TokenStream, TokenStream) {
    let Some(key) = model.key.as_ref().filter(|key| names_a_type(model, key)) else { return Default::default() };
    let _ = key;
    let generics = &model.function.sig.generics;
    let bounds = &generics.where_clause;
    let params = generics.params.iter().filter_map(|param| match param {
        syn::GenericParam::Lifetime(_) => None,
        syn::GenericParam::Type(param) => Some(&param.ident),
        syn::GenericParam::Const(param) => Some(&param.ident),
    });
    let params: Vec<_> = params.collect();
    let fish = quote!(::<#(#params),*>);
    (quote!(#generics), quote!(#bounds), fish)
}

fn names_a_type(model: &Model, key: &crate::key::Key) -> bool {
    use crate::key::Source;
    let names =
        |place: &crate::key::Place| matches!(place.source, Source::TypeParameter(_) | Source::ConstParameter(_));
    let in_types = || {
        let parameters = parameters::parameters(model, key).unwrap_or_default();
        let mentioned = |name: &Ident| {
            parameters.iter().any(|parameter| {
                let ty = &parameter.ty;
                crate::spelling::mentions(quote!(#ty), name)
            })
        };
        model.function.sig.generics.type_params().any(|param| mentioned(&param.ident))
            || model.function.sig.generics.const_params().any(|param| mentioned(&param.ident))
    };
    key.places().any(names) || in_types()
}
