//! The companions of methods: beside a method there is no room for a type of its own, so the verbs stand here, once
//! for each number of arguments.

use crate::__private::{Call, Entry, Outcome};
use crate::key::{Key, KeyWriter};
use crate::registry::Site;
use crate::stats::Stats;

macro_rules! companion {
    ($(#[$doc:meta])* $companion:ident: $($verbs:tt)*) => {
        $(#[$doc])*
        pub struct $companion<A, R: Outcome<KIND>, const KIND: u8> {
            call: Call<R, KIND>,
            write: fn(&A, &mut KeyWriter<'_>),
            tag: fn(&A, Key) -> Key,
        }

        impl<A, R: Outcome<KIND>, const KIND: u8> $companion<A, R, KIND> {
            #[doc(hidden)]
            pub fn new(call: Call<R, KIND>, write: fn(&A, &mut KeyWriter<'_>)) -> Self {
                Self::tagged(call, write, |_, key| key)
            }

            #[doc(hidden)]
            pub fn tagged(call: Call<R, KIND>, write: fn(&A, &mut KeyWriter<'_>), tag: fn(&A, Key) -> Key) -> Self {
                Self { call, write, tag }
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
                (self.tag)(arguments, self.call.key(&|key| (self.write)(arguments, key)))
            }
        }

        verbs! { $companion() $($verbs)* }
        verbs! { $companion(a: A) $($verbs)* }
        verbs! { $companion(a: A, b: B) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C, d: D) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C, d: D, e: E) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C, d: D, e: E, f: F) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C, d: D, e: E, f: F, g: G) $($verbs)* }
        verbs! { $companion(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H) $($verbs)* }
    };
}

macro_rules! verbs {
    (
        $companion:ident($($argument:ident: $type:ident),*)
        async {
            $(#[$get_doc:meta])* $get:ident,
            $(#[$put_doc:meta])* $put:ident,
            $(#[$invalidate_doc:meta])* $invalidate:ident,
        }
        blocking {
            $(#[$get_blocking_doc:meta])* $get_blocking:ident,
            $(#[$put_blocking_doc:meta])* $put_blocking:ident,
            $(#[$invalidate_blocking_doc:meta])* $invalidate_blocking:ident,
        }
    ) => {
        #[allow(clippy::too_many_arguments, reason = "as many as the method has")]
        impl<$($type,)* R: Outcome<KIND>, const KIND: u8> $companion<($($type,)*), R, KIND> {
            /// Returns the key for these arguments.
            #[must_use]
            pub fn key(self, $($argument: $type),*) -> Key {
                self.key_of(&($($argument,)*))
            }

            $(#[$get_doc])*
            pub fn $get(self, $($argument: $type),*) -> impl Future<Output = Option<R::Given>> {
                self.call.get(self.key_of(&($($argument,)*)))
            }

            $(#[$put_doc])*
            pub fn $put(self, $($argument: $type,)* value: R::Given) -> impl Future<Output = ()> {
                self.call.put(self.key_of(&($($argument,)*)), value)
            }

            $(#[$invalidate_doc])*
            pub fn $invalidate(self, $($argument: $type),*) -> impl Future<Output = ()> {
                self.call.invalidate(self.key_of(&($($argument,)*)))
            }

            $(#[$get_blocking_doc])*
            #[must_use]
            pub fn $get_blocking(self, $($argument: $type),*) -> Option<R::Given> {
                self.call.get_blocking(self.key_of(&($($argument,)*)))
            }

            $(#[$put_blocking_doc])*
            pub fn $put_blocking(self, $($argument: $type,)* value: R::Given) {
                self.call.put_blocking(self.key_of(&($($argument,)*)), value);
            }

            $(#[$invalidate_blocking_doc])*
            pub fn $invalidate_blocking(self, $($argument: $type),*) {
                self.call.invalidate_blocking(self.key_of(&($($argument,)*)));
            }

            #[doc(hidden)]
            #[must_use]
            pub fn entry(self, $($argument: $type),*) -> Entry {
                self.call.entry(self.key_of(&($($argument,)*)))
            }
        }
    };
}

companion! {
    /// The cached side of an `async` method: what is kept for it, by the arguments that are in its key.
    Companion:
    async {
        /// Returns the value kept for these arguments, if there is one.
        get,
        /// Keeps a value for these arguments, whatever was there before.
        put,
        /// Forgets the value kept for these arguments; what is being read for them now is not kept either.
        invalidate,
    }
    blocking {
        /// Does the same as [`get`](Self::get), and blocks.
        get_blocking,
        /// Does the same as [`put`](Self::put), and blocks.
        put_blocking,
        /// Does the same as [`invalidate`](Self::invalidate), and blocks.
        invalidate_blocking,
    }
}

companion! {
    /// The cached side of a method that blocks: what is kept for it, by the arguments that are in its key.
    BlockingCompanion:
    async {
        /// Does the same as [`get`](Self::get), without blocking.
        get_async,
        /// Does the same as [`put`](Self::put), without blocking.
        put_async,
        /// Does the same as [`invalidate`](Self::invalidate), without blocking.
        invalidate_async,
    }
    blocking {
        /// Returns the value kept for these arguments, if there is one.
        get,
        /// Keeps a value for these arguments, whatever was there before.
        put,
        /// Forgets the value kept for these arguments; what is being read for them now is not kept either.
        invalidate,
    }
}
