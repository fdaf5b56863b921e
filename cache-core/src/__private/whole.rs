//! How a companion takes an argument of which its key may name no more than a part.

use std::borrow::Borrow;

/// A value, owned or by reference, as the caller of a companion has it at hand.
#[diagnostic::on_unimplemented(
    message = "this key is written from a whole `{T}`, and a `{Self}` is none",
    label = "a `{T}` is expected here, or a reference to one",
    note = "if the key names a part alone, write the type of that part in its place, as in `<user.id: u64>`: \
            then the part is taken here"
)]
pub trait Whole<T: ?Sized> {
    fn whole(&self) -> &T;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized, B: Borrow<T>> Whole<T> for B {
    #[inline]
    fn whole(&self) -> &T {
        self.borrow()
    }
}
