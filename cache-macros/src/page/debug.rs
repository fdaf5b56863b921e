//! `#[debug_handler]` of axum below `#[cache_page]`: it looks at what a handler takes and returns.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, FnArg, parse_quote_spanned};

use super::expand;
use super::model::Model;

/// Whether this is it, under whatever path.
pub fn is_one(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "debug_handler")
}

/// Emits a function with the arguments of the handler, for that to look at: what a router is given has others, and in an
/// `impl` it finds nothing.
pub fn debugged(model: &Model) -> Option<TokenStream> {
    let (cfg, attr) = (&model.attributes.cfg, model.debug_handler.as_ref()?);
    let mut sig = model.function.sig.clone();
    let names: Vec<_> = (0..model.extractors.len()).map(Model::name_of).collect();
    let arguments = model.extractors.iter().zip(&names).map(|(extractor, name)| -> FnArg {
        let ty = &extractor.argument.ty;
        parse_quote_spanned!(Span::mixed_site()=> #name: #ty)
    });
    sig.inputs = arguments.collect();
    let body = expand::body(model);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        const _: () = {
            #attr
            #sig { #body(#(#names),*).await }
        };
    })
}
