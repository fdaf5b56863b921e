//! The companions of methods: beside a method there is no room for a type of its own, so the verbs stand here, once
//! for each number of arguments.

use super::call::Call;
use super::entry::Entry;
use super::outcome::Outcome;
use crate::executor::block_on;
use crate::key::{Key, KeyWriter};
use crate::registry::Site;
use crate::stats::Stats;

/// The cached side of an `async` method: what is kept for it, by the arguments that are in its key.
pub struct Companion<A, R: Outcome<KIND>, const KIND: u8> {
    call: Call<R, KIND>,
    write: fn(&A, &mut KeyWriter<'_>),
}

/// The cached side of a method that blocks: what is kept for it, by the arguments that are in its key.
pub struct BlockingCompanion<A, R: Outcome<KIND>, const KIND: u8> {
    call: Call<R, KIND>,
    write: fn(&A, &mut KeyWriter<'_>),
}

macro_rules! in_either_colour {
    ($($companion:ident)*) => {$(
        impl<A, R: Outcome<KIND>, const KIND: u8> $companion<A, R, KIND> {
            #[doc(hidden)]
            pub fn new(call: Call<R, KIND>, write: fn(&A, &mut KeyWriter<'_>)) -> Self {
                Self { call, write }
            }

            #[doc(hidden)]
            pub fn call(&self) -> Call<R, KIND> {
                self.call
            }

            /// Returns what the site has counted since the program began.
            #[must_use]
            pub fn stats(&self) -> Stats {
                self.call.stats()
            }

            /// Returns the site itself.
            #[must_use]
            pub fn site(&self) -> &'static Site {
                self.call.site()
            }

            fn key_of(&self, arguments: &A) -> Key {
                self.call.key(|key| (self.write)(arguments, key))
            }
        }
    )*};
}

in_either_colour! { Companion BlockingCompanion }

macro_rules! for_each_number_of_arguments {
    ($(($($argument:ident: $type:ident),*))*) => {$(
        impl<$($type,)* R: Outcome<KIND>, const KIND: u8> Companion<($($type,)*), R, KIND> {
            /// Returns the key for these arguments.
            #[must_use]
            pub fn key(self, $($argument: $type),*) -> Key {
                self.key_of(&($($argument,)*))
            }

            /// Returns the value kept for these arguments, if there is one.
            pub async fn get(self, $($argument: $type),*) -> Option<R::Kept> {
                let key = self.key_of(&($($argument,)*));
                self.call.get(key).await
            }

            /// Keeps a value for these arguments, whatever was there before.
            pub async fn put(self, $($argument: $type,)* value: R::Kept) {
                let key = self.key_of(&($($argument,)*));
                self.call.put(key, value).await;
            }

            /// Forgets the value kept for these arguments; what is being read for them now is not kept either.
            pub async fn invalidate(self, $($argument: $type),*) {
                let key = self.key_of(&($($argument,)*));
                self.call.invalidate(key).await;
            }

            /// Does the same as [`get`](Self::get), and blocks.
            #[must_use]
            pub fn get_blocking(self, $($argument: $type),*) -> Option<R::Kept> {
                block_on(self.get($($argument),*))
            }

            /// Does the same as [`put`](Self::put), and blocks.
            pub fn put_blocking(self, $($argument: $type,)* value: R::Kept) {
                block_on(self.put($($argument,)* value));
            }

            /// Does the same as [`invalidate`](Self::invalidate), and blocks.
            pub fn invalidate_blocking(self, $($argument: $type),*) {
                block_on(self.invalidate($($argument),*));
            }

            #[doc(hidden)]
            #[must_use]
            pub fn entry(self, $($argument: $type),*) -> Entry {
                let key = self.key_of(&($($argument,)*));
                self.call.entry(key)
            }
        }

        impl<$($type,)* R: Outcome<KIND>, const KIND: u8> BlockingCompanion<($($type,)*), R, KIND> {
            /// Returns the key for these arguments.
            #[must_use]
            pub fn key(self, $($argument: $type),*) -> Key {
                self.key_of(&($($argument,)*))
            }

            /// Returns the value kept for these arguments, if there is one.
            #[must_use]
            pub fn get(self, $($argument: $type),*) -> Option<R::Kept> {
                block_on(self.get_async($($argument),*))
            }

            /// Keeps a value for these arguments, whatever was there before.
            pub fn put(self, $($argument: $type,)* value: R::Kept) {
                block_on(self.put_async($($argument,)* value));
            }

            /// Forgets the value kept for these arguments; what is being read for them now is not kept either.
            pub fn invalidate(self, $($argument: $type),*) {
                block_on(self.invalidate_async($($argument),*));
            }

            /// Does the same as [`get`](Self::get), without blocking.
            pub async fn get_async(self, $($argument: $type),*) -> Option<R::Kept> {
                let key = self.key_of(&($($argument,)*));
                self.call.get(key).await
            }

            /// Does the same as [`put`](Self::put), without blocking.
            pub async fn put_async(self, $($argument: $type,)* value: R::Kept) {
                let key = self.key_of(&($($argument,)*));
                self.call.put(key, value).await;
            }

            /// Does the same as [`invalidate`](Self::invalidate), without blocking.
            pub async fn invalidate_async(self, $($argument: $type),*) {
                let key = self.key_of(&($($argument,)*));
                self.call.invalidate(key).await;
            }

            #[doc(hidden)]
            #[must_use]
            pub fn entry(self, $($argument: $type),*) -> Entry {
                let key = self.key_of(&($($argument,)*));
                self.call.entry(key)
            }
        }
    )*};
}

for_each_number_of_arguments! {
    ()
    (a: A)
    (a: A, b: B)
    (a: A, b: B, c: C)
    (a: A, b: B, c: C, d: D)
    (a: A, b: B, c: C, d: D, e: E)
    (a: A, b: B, c: C, d: D, e: E, f: F)
    (a: A, b: B, c: C, d: D, e: E, f: F, g: G)
    (a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H)
}
