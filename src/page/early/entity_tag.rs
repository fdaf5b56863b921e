//! What can be the `ETag` of a version.

use std::borrow::Cow;

use http::HeaderValue;

use crate::page::headers;

/// What can be the `ETag` of a version of a page, as `#[etag]` takes it.
///
/// A text stands for itself, in quotes: `v7` becomes the strong entity tag `"v7"`, and one that is an entity tag already,
/// such as `W/"v7"`, stays as it is. One that holds what no entity tag can, like white space, becomes its digest. Integers
/// are written out. `None`, and a text without a character, are none: nothing is known of the page then.
///
/// ```
/// use larder::page::IntoEntityTag;
///
/// assert_eq!("v7".into_entity_tag().unwrap(), r#""v7""#);
/// assert_eq!(r#"W/"v7""#.into_entity_tag().unwrap(), r#"W/"v7""#);
/// assert_eq!(Some(7_u64).into_entity_tag().unwrap(), r#""7""#);
/// assert_eq!(None::<u64>.into_entity_tag(), None);
/// assert_eq!("".into_entity_tag(), None);
/// assert_ne!("a b".into_entity_tag(), "a  b".into_entity_tag());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an `ETag`",
    label = "no entity tag is made of this",
    note = "`#[etag]` takes a text, an integer, or an `Option` of one: write what changes with the page, as in `#[etag(article.version)]`, or make a text of it, as in `#[etag(format!(\"{{a}}-{{b}}\"))]`"
)]
pub trait IntoEntityTag {
    /// Returns the value of an `ETag`; `None` where nothing is known.
    fn into_entity_tag(self) -> Option<HeaderValue>;
}

#[diagnostic::do_not_recommend]
impl IntoEntityTag for &str {
    fn into_entity_tag(self) -> Option<HeaderValue> {
        if self.is_empty() {
            return None;
        }
        headers::entity_tag(self).or_else(|| headers::entity_tag(blake3::hash(self.as_bytes()).to_hex().as_str()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoEntityTag> IntoEntityTag for Option<T> {
    fn into_entity_tag(self) -> Option<HeaderValue> {
        self?.into_entity_tag()
    }
}

macro_rules! texts {
    ($($text:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoEntityTag for $text {
            fn into_entity_tag(self) -> Option<HeaderValue> {
                let text: &str = &self;
                text.into_entity_tag()
            }
        }
    )*};
}

texts! { String &String Cow<'_, str> &Cow<'_, str> Box<str> std::sync::Arc<str> &std::sync::Arc<str> }

macro_rules! integers {
    ($($integer:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoEntityTag for $integer {
            fn into_entity_tag(self) -> Option<HeaderValue> {
                self.to_string().as_str().into_entity_tag()
            }
        }

        #[diagnostic::do_not_recommend]
        impl IntoEntityTag for &$integer {
            fn into_entity_tag(self) -> Option<HeaderValue> {
                self.to_string().as_str().into_entity_tag()
            }
        }
    )*};
}

integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
