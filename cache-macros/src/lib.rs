//! The attributes of larder. They know syntax only; what they expand to calls `larder::__private`.

mod argument;
mod around;
mod attributes;
mod bodies;
mod cached;
mod derive;
mod effect;
mod errors;
mod fragment;
mod framework;
mod function;
mod generics;
mod header_name;
mod heads;
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
#[cfg(test)]
mod shown;
mod spelling;
mod time;
mod values;

use proc_macro::TokenStream;

use effect::Effect;
use framework::Framework;
use heads::Head;

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
    page::expand(Framework::Axum, options.into(), &item.into()).into()
}

/// Says in the response of a handler what caches are told of it.
#[proc_macro_attribute]
pub fn cache_control(directives: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::CacheControl, &directives.into(), &item.into()).into()
}

/// Says in the response of a handler that nobody keeps it.
#[proc_macro_attribute]
pub fn never_cache(nothing: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::NeverCache, &nothing.into(), &item.into()).into()
}

/// Says in the response of a handler which headers of the request it depends on.
#[proc_macro_attribute]
pub fn vary_on_headers(names: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::VaryOnHeaders, &names.into(), &item.into()).into()
}

/// Says in the response of a handler that it depends on the cookies of the request.
#[proc_macro_attribute]
pub fn vary_on_cookie(nothing: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::VaryOnCookie, &nothing.into(), &item.into()).into()
}

/// Answers clients that have the page already, by its `ETag`.
#[proc_macro_attribute]
pub fn etag(tag: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::Etag, &tag.into(), &item.into()).into()
}

/// Answers clients that have the page already, by the time of its last change.
#[proc_macro_attribute]
pub fn last_modified(time: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Axum, Head::LastModified, &time.into(), &item.into()).into()
}

/// Keeps the pages of a handler of actix.
#[proc_macro_attribute]
pub fn cache_page_of_actix(options: TokenStream, item: TokenStream) -> TokenStream {
    page::expand(Framework::Actix, options.into(), &item.into()).into()
}

/// Says in the response of a handler of actix what caches are told of it.
#[proc_macro_attribute]
pub fn cache_control_of_actix(directives: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::CacheControl, &directives.into(), &item.into()).into()
}

/// Says in the response of a handler of actix that nobody keeps it.
#[proc_macro_attribute]
pub fn never_cache_of_actix(nothing: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::NeverCache, &nothing.into(), &item.into()).into()
}

/// Says in the response of a handler of actix which headers of the request it depends on.
#[proc_macro_attribute]
pub fn vary_on_headers_of_actix(names: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::VaryOnHeaders, &names.into(), &item.into()).into()
}

/// Says in the response of a handler of actix that it depends on the cookies of the request.
#[proc_macro_attribute]
pub fn vary_on_cookie_of_actix(nothing: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::VaryOnCookie, &nothing.into(), &item.into()).into()
}

/// Answers clients of a handler of actix that have the page already, by its `ETag`.
#[proc_macro_attribute]
pub fn etag_of_actix(tag: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::Etag, &tag.into(), &item.into()).into()
}

/// Answers clients of a handler of actix that have the page already, by the time of its last change.
#[proc_macro_attribute]
pub fn last_modified_of_actix(time: TokenStream, item: TokenStream) -> TokenStream {
    heads::expand(Framework::Actix, Head::LastModified, &time.into(), &item.into()).into()
}

/// Makes the key of a pattern whose places name variables in scope.
#[proc_macro]
pub fn key(input: TokenStream) -> TokenStream {
    key_macro::expand(input.into()).into()
}

/// Renders a part of a page, unless it is kept.
#[proc_macro]
pub fn fragment(input: TokenStream) -> TokenStream {
    fragment::expand(input.into()).into()
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
