//! Tuples of up to sixteen values, and what carries none.

use std::marker::PhantomData;

use crate::key::{KeyPart, Place};

#[diagnostic::do_not_recommend]
impl KeyPart for () {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.tuple(|_| ());
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> KeyPart for PhantomData<T> {
    #[inline]
    fn write_key(&self, place: Place<'_>) {
        place.tuple(|_| ());
    }
}

/// Implements the trait for a tuple of these types, and for all shorter ones.
macro_rules! tuples {
    () => {};
    ($first:ident $($type:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first: KeyPart, $($type: KeyPart),*> KeyPart for ($first, $($type,)*) {
            #[inline]
            #[allow(non_snake_case)]
            fn write_key(&self, place: Place<'_>) {
                let ($first, $($type,)*) = self;
                place.tuple(|items| {
                    items.item($first)$(.item($type))*;
                });
            }
        }

        tuples! { $($type)* }
    };
}

tuples! { A B C D E F G H I J K L M N O P }
