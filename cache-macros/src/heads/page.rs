//! What an attribute of headers and `#[cache_page]` on one function have to do with each other.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, MacroDelimiter, Meta, MetaList};

use super::names::Name;
use super::said::Said;
use super::{sense, tokens_of};

/// Returns whether an attribute is `#[cache_page]`, under whatever path.
pub fn is_cache_page(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "cache_page")
}

/// Returns why no page would be kept that has what an attribute says.
pub fn contradiction(said: &Said, attribute: Span) -> Option<syn::Error> {
    let (word, message) = sense::beside_cache_page(said)?;
    Some(syn::Error::new(word.map_or(attribute, |directive| directive.word.span()), message))
}

/// Tells `#[cache_page]`, if it stands on the function, what its page depends on: it tells pages apart by that then, and lets
/// the handler see it.
pub fn tell(attrs: &mut [Attribute], names: &[Name]) {
    for attr in attrs.iter_mut().filter(|attr| is_cache_page(attr) && !names.is_empty()) {
        let path = attr.path().clone();
        let mut tokens: Vec<TokenTree> = tokens_of(attr).into_iter().collect();
        let names = names.iter().map(Name::literal);
        let told = told_before(&mut tokens);
        let comma = tokens.last().is_some_and(|last| !is_comma(last)).then(|| quote!(,));
        let tokens: TokenStream = tokens.into_iter().collect();
        let tokens = quote!(#tokens #comma __vary(#told #(#names),*));
        attr.meta =
            Meta::List(MetaList { path, delimiter: MacroDelimiter::Paren(syn::token::Paren::default()), tokens });
    }
}

/// Takes out what another attribute has told, and returns it with a comma behind it.
fn told_before(tokens: &mut Vec<TokenTree>) -> TokenStream {
    match tokens.as_slice() {
        [.., TokenTree::Ident(word), TokenTree::Group(names)]
            if word == "__vary" && names.delimiter() == Delimiter::Parenthesis =>
        {
            let names = names.stream().into_token_stream();
            tokens.truncate(tokens.len() - 2);
            quote!(#names,)
        }
        _ => TokenStream::new(),
    }
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')
}
