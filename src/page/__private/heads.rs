//! What the attributes of headers read, whatever the framework.
#![allow(clippy::must_use_candidate, reason = "expansions alone call these, and use them")]

use std::time::SystemTime;

use http::{HeaderName, HeaderValue};

use crate::page::early::{IntoEntityTag, IntoLastModified};

pub use crate::page::early::Conditions;

/// Makes names of headers, which the macro has looked at and written in lower case.
pub fn names<const N: usize>(names: [&'static str; N]) -> [HeaderName; N] {
    names.map(HeaderName::from_static)
}

pub fn entity_tag(tag: impl IntoEntityTag) -> Option<HeaderValue> {
    tag.into_entity_tag()
}

pub fn last_modified(time: impl IntoLastModified) -> Option<SystemTime> {
    time.into_last_modified()
}
