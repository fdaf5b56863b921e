//! Whole numbers: decimal, without heap and without the machinery of `fmt`.

use std::num::NonZero;

use crate::key::{KeyPart, KeyWriter, Place};

/// The largest power of ten that fits into 64 bits, and its zeros.
const BILLIONS: u128 = 10_u128.pow(19);
const ZEROS: usize = 19;

impl KeyWriter<'_> {
    /// Writes a number in decimal. One as most are, below a hundred million, is written where the call stands: the compiler
    /// often knows there how much is written already.
    #[inline(always)]
    fn whole(&mut self, number: u128) {
        match u64::try_from(number) {
            Ok(number @ ..100_000_000) => self.at_most_eight_digits(number, 1),
            Ok(number) => self.long(number),
            Err(_) => self.wide(number),
        }
    }

    #[inline(never)]
    fn long(&mut self, number: u64) {
        self.padded(number, 1);
    }

    #[cold]
    fn wide(&mut self, number: u128) {
        self.whole(number / BILLIONS);
        self.padded(u64::try_from(number % BILLIONS).unwrap_or_default(), ZEROS);
    }
}

macro_rules! unsigned {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one line for all widths; `usize` has no `From`")]
            fn write_key(&self, place: Place<'_>) {
                place.plain(|writer| writer.whole(*self as u128));
            }
        }

        #[diagnostic::do_not_recommend]
        impl KeyPart for NonZero<$type> {
            #[inline]
            fn write_key(&self, place: Place<'_>) {
                self.get().write_key(place);
            }
        }
    )*};
}

macro_rules! signed {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one line for all widths; `usize` has no `From`")]
            fn write_key(&self, place: Place<'_>) {
                place.plain(|writer| {
                    if *self < 0 {
                        writer.push(b"-");
                    }
                    writer.whole(self.unsigned_abs() as u128);
                });
            }
        }

        #[diagnostic::do_not_recommend]
        impl KeyPart for NonZero<$type> {
            #[inline]
            fn write_key(&self, place: Place<'_>) {
                self.get().write_key(place);
            }
        }
    )*};
}

unsigned! { u8 u16 u32 u64 u128 usize }
signed! { i8 i16 i32 i64 i128 isize }
