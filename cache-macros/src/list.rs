//! A list between the parentheses of an attribute, its items separated by commas.

use proc_macro2::{TokenStream, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Parser};

use crate::errors::Errors;

/// Reads each item; what is wrong with one does not hide what is wrong with the next.
pub fn read(tokens: TokenStream, errors: &Errors, mut item: impl FnMut(ParseStream<'_>) -> syn::Result<()>) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = item(input) {
                errors.push(error);
                skip(input);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    errors.ok(all.parse2(tokens));
}

/// Goes on to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
}
