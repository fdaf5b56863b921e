//! Tags whose values are escaped, as those of a pattern are: `tag("author", user.name)`.

use std::fmt;
use std::sync::Arc;

use ::minijinja::value::{Object, ObjectRepr, Value};

use super::arguments::Part;
use crate::Key;
use crate::key::RAW;

/// A tag as a template has it: it is shown as it reads, and is no text, which would be escaped as one.
#[derive(Debug)]
pub(super) struct Tag(Key);

impl Tag {
    /// Writes what the pattern `name:<part>:<part>` writes.
    pub(super) fn written(name: &str, parts: &[Value]) -> Self {
        Self(Key::write(RAW, |key| {
            // A pattern keeps the signs of its own text, also this one.
            for (index, text) in name.split('%').enumerate() {
                if index > 0 {
                    key.literal("%");
                }
                key.rest(text.as_bytes());
            }
            for part in parts {
                key.literal(":").part(&Part(part));
            }
        }))
    }

    /// Returns a tag of a list, be it one of these or a text.
    pub(super) fn key_of(tag: &Value) -> Option<Key> {
        match tag.downcast_object_ref::<Self>() {
            Some(Self(key)) => Some(key.clone()),
            None => tag.as_str().map(Key::from),
        }
    }
}

impl Object for Tag {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
