//! Attributes that look at a handler and say what is wrong with it, such as axum's `debug_handler`.
//!
//! They want a free function with the arguments that were written, which a handler with pages no longer is: they are given one
//! that calls it, and that nobody calls.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Attribute;

use super::expand::fish;
use super::model::Model;

/// Whether an attribute only looks.
pub fn looks(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "debug_handler")
}

/// Emits the handler as these attributes want it; nothing where there are none.
pub fn checked(model: &Model) -> Option<TokenStream> {
    let looking: Vec<_> = model.attributes.body.iter().filter(|attr| looks(attr)).collect();
    if looking.is_empty() {
        return None;
    }
    let (cfg, sig, companion, fish) = (&model.attributes.cfg, &model.function.sig, model.companion(), fish(model));
    let (name, generics, output, bounds) = (&sig.ident, &sig.generics, &sig.output, &sig.generics.where_clause);
    let names: Vec<_> = (0..model.extractors.len()).map(Model::name_of).collect();
    let types = model.extractors.iter().map(|extractor| &extractor.argument.ty);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        const _: () = {
            #(#looking)*
            #[allow(dead_code)]
            async fn #name #generics (#(#names: #types),*) #output #bounds {
                #companion::uncached #fish(#(#names),*).await
            }
        };
    })
}
