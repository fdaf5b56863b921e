//! References and smart pointers: what they point to.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::key::{KeyPart, Place};

macro_rules! pointers {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<P: KeyPart + ?Sized> KeyPart for $type {
            #[inline]
            fn write_key(&self, place: Place<'_>) {
                P::write_key(self, place);
            }
        }
    )*};
}

pointers! { &P &mut P Box<P> Rc<P> Arc<P> }

#[diagnostic::do_not_recommend]
impl<P: KeyPart + ToOwned + ?Sized> KeyPart for Cow<'_, P> {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        P::write_key(self, place);
    }
}
