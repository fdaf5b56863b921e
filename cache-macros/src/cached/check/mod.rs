//! Whether what was written is legal: one function a rule, with the reason for the rule.

mod combination;
mod key;
pub mod signature;

use super::model::Model;
use crate::errors::Errors;

pub fn check(model: &Model, errors: &Errors) {
    signature::check(model, errors);
    combination::check(model, errors);
    key::check(model, errors);
}
