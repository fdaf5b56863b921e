//! [`KeyPart`]: what can stand in a key.
//!
//! The implementations are hidden from error messages (`do_not_recommend`): below the notes that say what to do, the
//! compiler would list eight of some sixty, in the order of the alphabet.

#[cfg(feature = "chrono")]
mod chrono;
mod collection;
mod net;
mod number;
mod pointer;
mod time;
mod tuple;
#[cfg(feature = "uuid")]
mod uuid;

use crate::key::Place;

/// A value that can stand in a key.
///
/// Its text is injective (two values that differ never read the same), the same on every machine, build and version,
/// and free of white space and control characters; [`Place`] sees to all three. [`mod@crate::key`] has the table.
///
/// For types of your own `#[derive(KeyPart)]`; by hand see [`Place`].
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, KeyPart, Place};
///
/// struct Slug(String);
///
/// impl KeyPart for Slug {
///     fn write_key(&self, place: Place<'_>) {
///         place.part(&self.0);
///     }
/// }
///
/// assert_eq!(Key::write(0, |key| { key.part(&Slug("first-post".into())); }).as_str(), "first-post");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a key",
    label = "has no text that is safe in a key",
    note = "a type of your own: write `#[derive(KeyPart)]` over it, or name the part that counts, as in `<user.id>`; a type parameter: write the bound `T: KeyPart`",
    note = "a float is no key (0.0 equals -0.0, NaN not even itself): write `<price.to_bits()>`, or keep a whole number of cents",
    note = "a hash map or hash set has no order: collect it into a `BTreeMap` or `BTreeSet` first",
    note = "a path is bytes that differ between platforms: take its text, as in `<path.to_str()>`",
    note = "`Debug` and `Display` are never taken for it: a type that hides its secrets there would make all users one",
    note = "if it does not decide the result, write `ignore(…)` with its name; a page needs no place in its key for it"
)]
pub trait KeyPart {
    /// Fills the place with this value.
    fn write_key(&self, place: Place<'_>);
}

/// Text, escaped.
#[diagnostic::do_not_recommend]
impl KeyPart for str {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.text(self);
    }
}

/// Text, escaped.
#[diagnostic::do_not_recommend]
impl KeyPart for String {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.text(self);
    }
}

/// Text of one character, escaped.
#[diagnostic::do_not_recommend]
impl KeyPart for char {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.text(self.encode_utf8(&mut [0; 4]));
    }
}

/// `true` or `false`.
#[diagnostic::do_not_recommend]
impl KeyPart for bool {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.text(if *self { "true" } else { "false" });
    }
}

/// `%none`, which no text can be, or the value; in another `Option` with `%some` before it.
#[diagnostic::do_not_recommend]
impl<P: KeyPart> KeyPart for Option<P> {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.option(self.as_ref());
    }
}
