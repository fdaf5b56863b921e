//! `#[cache_page]`: a handler whose pages are kept, from what was written to what is emitted, a stage a file.
//!
//! [`options`] reads what was written, [`model`] puts it together with the handler, [`check`] says whether that is legal, and
//! [`expand`] emits it.

mod check;
mod companion;
mod debug;
mod expand;
mod extractor;
mod layer;
mod method;
mod model;
mod name;
mod options;
mod order;
mod parameters;
mod statuses;
mod values;
mod vary;

#[cfg(test)]
mod docs;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use self::model::Model;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::function::{Function, not_a_function};

/// Expands `#[cache_page(…)]` on an item.
pub fn expand(framework: Framework, options: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return not_a_function("cache_page", item, error),
    };
    if let Some(error) = framework.mistaken_for(&function) {
        let error = error.to_compile_error();
        return quote!(#error #item);
    }
    if let Some(later) = order::later(framework, &options, &function) {
        return later;
    }
    let errors = Errors::new();
    let options = options::parse(options, &errors);
    let model = Model::new(framework, function, options, &errors);
    check::check(&model, &errors);
    match errors.finish() {
        Some(error) => {
            let (error, after) = (error.to_compile_error(), expand::after_errors(&model));
            quote!(#error #after)
        }
        None => expand::expand(&model),
    }
}
