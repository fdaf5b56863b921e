//! Which attributes come first, wherever they stand.
//!
//! An attribute that edits the response of a handler edits it in place, and has to be done with that before the page is kept;
//! one that describes the arguments of a handler has to see them before they are one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use crate::function::Function;
use crate::heads::Head;
use crate::larder_path;

/// Emits the handler with the attributes first that stand below this one and have to come before it; `None` where there are
/// none.
pub fn later(options: &TokenStream, function: &Function) -> Option<TokenStream> {
    let (first, rest): (Vec<_>, Vec<_>) = function.attrs.iter().partition(|attr| comes_first(attr));
    if first.is_empty() {
        return None;
    }
    let larder = crate_path(options).unwrap_or_else(|| {
        let usual = larder_path::usual();
        quote!(#usual)
    });
    let options = (!options.is_empty()).then(|| quote!((#options)));
    let (vis, sig, body) = (&function.vis, &function.sig, &function.body);
    let body = body.clone().unwrap_or_else(|| quote!(;));
    Some(quote!(#(#first)* #[#larder::cache_page #options] #(#rest)* #vis #sig #body))
}

fn comes_first(attr: &Attribute) -> bool {
    let path = attr.path();
    let Some(last) = path.segments.last() else { return false };
    let describes = path.segments.len() > 1 && path.segments[0].ident == "utoipa" && last.ident == "path";
    describes || Head::of(attr).is_some()
}

/// Returns what `crate = …` says.
fn crate_path(options: &TokenStream) -> Option<TokenStream> {
    let mut tokens = options.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        if token.to_string() != "crate" || tokens.next_if(|next| next.to_string() == "=").is_none() {
            continue;
        }
        let path: TokenStream = tokens.by_ref().take_while(|token| token.to_string() != ",").collect();
        return Some(path);
    }
    None
}
