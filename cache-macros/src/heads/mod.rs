//! `#[cache_control]`, `#[never_cache]`, `#[vary_on_headers]`, `#[vary_on_cookie]`, `#[etag]` and `#[last_modified]`: what a
//! handler says of its response in headers.
//!
//! [`said`] reads what was written, [`check`] says whether that makes sense on this function, beside what else stands on it,
//! and [`expand`] rewrites the function where it stands.

mod check;
mod directives;
mod expand;
mod names;
mod opaque;
mod page;
mod said;
mod sense;
mod validator;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta};

use self::said::Said;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::function::{Function, not_a_function};

/// An attribute of headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Head {
    CacheControl,
    NeverCache,
    VaryOnHeaders,
    VaryOnCookie,
    Etag,
    LastModified,
}

impl Head {
    const ALL: [Self; 6] =
        [Self::CacheControl, Self::NeverCache, Self::VaryOnHeaders, Self::VaryOnCookie, Self::Etag, Self::LastModified];

    /// Returns which one an attribute is, under whatever path.
    pub fn of(attr: &Attribute) -> Option<Self> {
        let name = &attr.path().segments.last()?.ident;
        Self::ALL.into_iter().find(|head| name == head.name())
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::CacheControl => "cache_control",
            Self::NeverCache => "never_cache",
            Self::VaryOnHeaders => "vary_on_headers",
            Self::VaryOnCookie => "vary_on_cookie",
            Self::Etag => "etag",
            Self::LastModified => "last_modified",
        }
    }

    /// Returns whether it may answer before the handler runs.
    pub fn is_early(self) -> bool {
        matches!(self, Self::Etag | Self::LastModified)
    }
}

/// Expands one of them on an item.
pub fn expand(framework: Framework, head: Head, tokens: &TokenStream, item: &TokenStream) -> TokenStream {
    if tokens.to_string() == expand::TAKEN {
        return item.clone();
    }
    let mut function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return not_a_function(head.name(), item, error),
    };
    let errors = Errors::new();
    let said = Said::read(head, tokens.clone(), &errors);
    check::check(framework, &said, &function, &errors);
    let other = expand::taken_along(head, &mut function).map(|(head, tokens)| Said::read(head, tokens, &errors));
    if let Some(error) = errors.finish() {
        if !check::is_handler(&function) {
            // They would all say the same.
            function.attrs.iter_mut().filter(|attr| Head::of(attr).is_some()).for_each(expand::leave);
        }
        let error = error.to_compile_error();
        return quote!(#error #function);
    }
    if !head.is_early() && function.attrs.iter().filter_map(Head::of).any(Head::is_early) {
        return expand::after_the_early_ones(framework, &said, tokens, function);
    }
    expand::expand(framework, &said, other.as_ref(), function)
}

/// Returns what stands between the parentheses of an attribute.
fn tokens_of(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}
