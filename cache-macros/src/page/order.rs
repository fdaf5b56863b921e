//! Which attributes come first, wherever they stand.
//!
//! An attribute that edits the response of a handler edits it in place, and has to be done with that before the page is kept;
//! one that describes the arguments of a handler has to see them before they are one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Path};

use super::options;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::function::Function;
use crate::heads::Head;
use crate::larder_path;

/// Emits the handler with the attributes first that stand below this one and have to come before it; `None` where there are
/// none.
pub fn later(framework: Framework, options: &TokenStream, function: &Function) -> Option<TokenStream> {
    let (first, rest): (Vec<_>, Vec<_>) = function.attrs.iter().partition(|attr| comes_first(attr));
    if first.is_empty() {
        return None;
    }
    let room = framework.attributes(&larder(options));
    let options = (!options.is_empty()).then(|| quote!((#options)));
    let (vis, sig, body) = (&function.vis, &function.sig, &function.body);
    let body = body.clone().unwrap_or_else(|| quote!(;));
    Some(quote!(#(#first)* #[#room::cache_page #options] #(#rest)* #vis #sig #body))
}

fn comes_first(attr: &Attribute) -> bool {
    let path = attr.path();
    let Some(last) = path.segments.last() else { return false };
    let describes = path.segments.len() > 1 && path.segments[0].ident == "utoipa" && last.ident == "path";
    describes || Head::of(attr).is_some()
}

/// Returns where larder is. What is wrong with the options is said when they are read in earnest.
fn larder(options: &TokenStream) -> Path {
    let errors = Errors::new();
    let options = options::parse(options.clone(), &errors);
    drop(errors.finish());
    options.shape.larder.unwrap_or_else(larder_path::usual)
}
