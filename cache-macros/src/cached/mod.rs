//! `#[cached]`: from what was written to what is emitted, a stage a file.
//!
//! [`options`] reads what was written, [`model`] puts it together with the function, [`check`] says whether that is legal,
//! [`facts`] what follows from it, and [`expand`] emits it.

mod check;
mod chooser;
mod companion;
mod detach;
mod each;
mod expand;
mod facts;
mod guard;
mod many;
mod method;
mod model;
mod options;
mod signature;
mod site;
mod tags;
mod timeout;
mod values;
mod writing;

#[cfg(test)]
mod docs;
#[cfg(test)]
mod tests;

pub use self::companion::changes;
pub use self::guard::once;

use proc_macro2::TokenStream;
use quote::quote;

use self::facts::Facts;
use self::model::Model;
use crate::errors::Errors;
use crate::function::{Function, not_a_function};

/// Expands `#[cached(…)]` on an item.
pub fn expand(options: TokenStream, item: &TokenStream) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return not_a_function("cached", item, error),
    };
    let errors = Errors::new();
    let options = options::parse(options, &errors);
    let model = Model::new(function, options, &errors);
    check::check(&model, &errors);
    if let Some(error) = errors.finish() {
        let (error, after) = (error.to_compile_error(), expand::after_errors(model));
        return quote!(#error #after);
    }
    let key = model.key.as_ref().expect("a key that is broken was reported");
    let facts = Facts::new(&model, key).expect("a function that returns nothing was reported");
    expand::expand(&model, key, &facts)
}
