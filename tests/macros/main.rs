//! The attributes and macros, where a user meets them.

#![allow(
    clippy::boxed_local,
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    clippy::extra_unused_type_parameters,
    clippy::needless_borrows_for_generic_args,
    clippy::unused_async,
    clippy::unnecessary_wraps,
    reason = "functions of every form stand here, also of those that nobody would write"
)]

mod companions;
mod effects;
mod fragments;
mod functions;
mod generics;
pub mod hygiene;
mod keys;
mod many;
mod methods;
mod outcomes;
mod patterns;
mod readme;
mod sites;
mod strict;
mod tags;
mod times;

#[path = "../support/runs.rs"]
mod runs;

use runs::Runs;
