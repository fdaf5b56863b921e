//! Whether what was written is legal: one function a rule, with the reason for the rule.

mod accounts;
mod combination;
mod extractors;
mod signature;
mod unaccounted;

use super::model::Model;
use crate::errors::Errors;

pub fn check(model: &Model, errors: &Errors) {
    signature::check(model, errors);
    extractors::check(model, errors);
    combination::check(model, errors);
    accounts::check(model, errors);
}
