//! Where larder is: `crate = path`, for those who reach it through another crate.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{LitStr, Path, Token};

const TAKES: &str = "`crate` takes the path of larder: `crate = framework::cache`";

/// Reads `= path`, behind the word `crate`.
pub fn parse(word: Token![crate], input: ParseStream<'_>) -> syn::Result<Path> {
    // Where nothing follows, the compiler would point at all that the word stands in.
    let nothing = || syn::Error::new(word.span, TAKES);
    if input.is_empty() {
        return Err(nothing());
    }
    input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), TAKES))?;
    if input.is_empty() { Err(nothing()) } else { path(input) }
}

/// Reads the path itself.
pub fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    if let Ok(quoted) = input.fork().parse::<LitStr>() {
        let without = quoted.parse_with(Path::parse_mod_style).map(|_| quoted.value());
        let write = without.unwrap_or_else(|_| "framework::cache".to_owned());
        return Err(syn::Error::new(quoted.span(), format!("a path has no quotes: write `crate = {write}`")));
    }
    Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), TAKES))
}

/// Emits the path of larder where something of the user's stands, since that is what an error is about.
pub fn at(larder: &impl ToTokens, span: Span) -> TokenStream {
    respanned(larder.to_token_stream(), span)
}

fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}

/// Returns where larder is when nothing else is said.
pub fn usual() -> Path {
    syn::parse_quote!(::larder)
}
