//! The attributes of larder. They know syntax only; what they expand to calls `larder::__private`.

mod derive;
mod errors;
mod key_macro;
mod key_name;
mod key_part;
mod nearest;
mod pattern;

use proc_macro::TokenStream;

/// Makes the key of a pattern whose places name variables in scope.
#[proc_macro]
pub fn key(input: TokenStream) -> TokenStream {
    key_macro::expand(input.into()).into()
}

/// Lets values of a type of one's own stand in keys.
#[proc_macro_derive(KeyPart, attributes(larder))]
pub fn key_part(input: TokenStream) -> TokenStream {
    key_part::expand(input.into()).into()
}

/// Gives a type the name that stands for it in keys of generic functions.
#[proc_macro_derive(KeyName, attributes(larder, key_name))]
pub fn key_name(input: TokenStream) -> TokenStream {
    key_name::expand(input.into()).into()
}
