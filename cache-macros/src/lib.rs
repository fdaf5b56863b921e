//! The attributes of larder. They know syntax only; what they expand to calls `larder::__private`.

mod argument;
mod around;
mod attributes;
mod bodies;
mod cached;
mod derive;
mod effect;
mod errors;
mod function;
mod generics;
mod key;
mod key_macro;
mod key_name;
mod key_part;
mod larder_path;
mod list;
mod nearest;
mod options;
mod page;
mod passing;
mod pattern;
mod returned;
mod self_type;
mod spelling;
mod time;
mod values;

use proc_macro::TokenStream;

use effect::Effect;

/// Turns a function into a cached one.
#[proc_macro_attribute]
pub fn cached(options: TokenStream, item: TokenStream) -> TokenStream {
    cached::expand(options.into(), &item.into()).into()
}

/// Forgets entries when the function has done its work.
#[proc_macro_attribute]
pub fn invalidates(targets: TokenStream, item: TokenStream) -> TokenStream {
    effect::expand(Effect::Invalidates, targets.into(), &item.into()).into()
}

/// Keeps what the function returns.
#[proc_macro_attribute]
pub fn updates(targets: TokenStream, item: TokenStream) -> TokenStream {
    effect::expand(Effect::Updates, targets.into(), &item.into()).into()
}

/// Keeps the pages of a handler.
#[proc_macro_attribute]
pub fn cache_page(options: TokenStream, item: TokenStream) -> TokenStream {
    page::expand(options.into(), &item.into()).into()
}

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
