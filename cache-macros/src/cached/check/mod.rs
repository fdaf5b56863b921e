//! Whether what was written is legal: one function a rule, with the reason for the rule.

mod combination;
mod key;
pub mod signature;

use super::model::Model;
use crate::errors::Errors;

const NOT_SAID: &str =
    "this function stands in an `impl` or a trait, and takes no `self` that would say so: write `associated`";

pub fn check(model: &Model, errors: &Errors) {
    if model.hides_where_it_stands() {
        // What else is wrong depends on that.
        errors.at(model.function.sig.ident.span(), NOT_SAID);
        return;
    }
    signature::check(model, errors);
    combination::check(model, errors);
    key::check(model, errors);
}
