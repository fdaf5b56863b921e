//! `fragment!`: a part of a page that is rendered where it is not kept.

mod expand;
mod input;
mod part;

use proc_macro2::TokenStream;

use crate::key_macro::all_of;

pub fn expand(tokens: TokenStream) -> TokenStream {
    syn::parse2::<input::Input>(tokens).map_or_else(all_of, |input| expand::expand(&input))
}
