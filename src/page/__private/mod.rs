//! What expansions call. Not for use by hand: it changes with the attributes.
#![allow(missing_docs, reason = "nobody reads these pages")]

mod heads;

pub use axum::response::Response;

pub use heads::{Conditions, entity_tag, last_modified, names, never_cached, response, say_to_caches, vary_on};
