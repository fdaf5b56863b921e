//! `#[invalidates]` and `#[updates]`: functions that change what is kept for others.

mod check;
mod expand;
mod target;
mod targets;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use self::targets::Targets;
use crate::errors::Errors;
use crate::function::{Function, not_a_function};

/// What a function does to the entries it names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Invalidates,
    Updates,
}

impl Effect {
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalidates => "invalidates",
            Self::Updates => "updates",
        }
    }
}

/// Expands `#[invalidates(…)]` or `#[updates(…)]` on an item.
pub fn expand(effect: Effect, tokens: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return not_a_function(effect.name(), item, error),
    };
    let errors = Errors::new();
    let targets = Targets::parse(effect, tokens, &errors);
    check::check(effect, &function, &targets, &errors);
    if let Some(error) = errors.finish() {
        let error = error.to_compile_error();
        return quote!(#error #function);
    }
    expand::expand(effect, &function, &targets)
}
