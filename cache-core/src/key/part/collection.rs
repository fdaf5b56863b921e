//! Sequences, ordered sets and ordered maps. Those without an order are no keys.

use std::collections::{BTreeMap, BTreeSet, LinkedList, VecDeque};

use crate::key::{KeyPart, Place};

#[diagnostic::do_not_recommend]
impl<P: KeyPart> KeyPart for [P] {
    fn write_key(&self, place: Place<'_>) {
        place.list(self);
    }
}

#[diagnostic::do_not_recommend]
impl<P: KeyPart, const N: usize> KeyPart for [P; N] {
    fn write_key(&self, place: Place<'_>) {
        place.list(self);
    }
}

macro_rules! sequences {
    ($($type:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<P: KeyPart> KeyPart for $type<P> {
            fn write_key(&self, place: Place<'_>) {
                place.list(self);
            }
        }
    )*};
}

sequences! { Vec VecDeque LinkedList BTreeSet }

#[diagnostic::do_not_recommend]
impl<K: KeyPart, V: KeyPart> KeyPart for BTreeMap<K, V> {
    fn write_key(&self, place: Place<'_>) {
        place.map(self);
    }
}
