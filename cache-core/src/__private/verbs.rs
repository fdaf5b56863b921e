//! The verbs of a free function's companion, which are the same for every function but for their arguments.
//!
//! Macros, since generics are not all that differs: an argument has the name here that it has in the user's function.

/// Emits the verbs into the `impl` of a companion, its own colour first.
///
/// What it is handed: whether bodies are `real`, the colour, the visibility, generics as they stand behind a name, as they
/// stand in a call and behind a signature, the arguments, what is kept, and the closure that writes the key.
#[doc(hidden)]
#[macro_export]
macro_rules! __verbs {
    ($bodies:ident async $($site:tt)*) => {
        $crate::__common_verbs! { $bodies $($site)* }
        $crate::__verbs_of_a_colour! { $bodies $($site)* [async] [.await]
            get get " Returns the value kept for these arguments, if there is one."
            put put " Keeps a value for these arguments, whatever was there before."
            invalidate invalidate " Forgets the value kept for these arguments; what is being read for them now is not kept either."
        }
        $crate::__verbs_of_a_colour! { $bodies $($site)* [] []
            get_blocking get_blocking " Does the same as [`get`](Self::get), and blocks."
            put_blocking put_blocking " Does the same as [`put`](Self::put), and blocks."
            invalidate_blocking invalidate_blocking " Does the same as [`invalidate`](Self::invalidate), and blocks."
        }
    };
    ($bodies:ident blocking $($site:tt)*) => {
        $crate::__common_verbs! { $bodies $($site)* }
        $crate::__verbs_of_a_colour! { $bodies $($site)* [] []
            get get_blocking " Returns the value kept for these arguments, if there is one."
            put put_blocking " Keeps a value for these arguments, whatever was there before."
            invalidate invalidate_blocking " Forgets the value kept for these arguments; what is being read for them now is not kept either."
        }
        $crate::__verbs_of_a_colour! { $bodies $($site)* [async] [.await]
            get_async get " Does the same as [`get`](Self::get), without blocking."
            put_async put " Does the same as [`put`](Self::put), without blocking."
            invalidate_async invalidate " Does the same as [`invalidate`](Self::invalidate), without blocking."
        }
    };
}

/// Emits what has no colour.
#[doc(hidden)]
#[macro_export]
macro_rules! __common_verbs {
    (
        $bodies:ident $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) -> $kept:ty, $write:expr, [$($tags:tt)*];
    ) => {
        /// Returns the key for these arguments.
        #[must_use]
        $vis fn key $($generics)* ($($name: $ty),*) -> $crate::key::Key $($bounds)* {
            $crate::__private::$bodies!(Self::__call $($fish)*().key($write) $($tags)*)
        }

        /// Returns what the site has counted since the program began.
        #[must_use]
        $vis fn stats() -> $crate::stats::Stats {
            $crate::__private::$bodies!(Self::site().stats())
        }

        #[doc(hidden)]
        $vis fn __entry $($generics)* ($($name: $ty),*) -> $crate::__private::Entry $($bounds)* {
            $crate::__private::$bodies!(Self::__call $($fish)*().entry(Self::key $($fish)*($($name),*)))
        }
    };
}

/// Emits what is awaited, or what blocks: each verb under its name, by that of the engine.
#[doc(hidden)]
#[macro_export]
macro_rules! __verbs_of_a_colour {
    (
        $bodies:ident $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) -> $kept:ty, $write:expr, [$($tags:tt)*];
        [$($async:tt)?] [$($await:tt)*]
        $get:ident $engine_get:ident $get_doc:literal
        $put:ident $engine_put:ident $put_doc:literal
        $invalidate:ident $engine_invalidate:ident $invalidate_doc:literal
    ) => {
        #[doc = $get_doc]
        #[must_use]
        $vis $($async)? fn $get $($generics)* ($($name: $ty),*) -> ::core::option::Option<$kept> $($bounds)* {
            $crate::__private::$bodies!(Self::__call $($fish)*().$engine_get(Self::key $($fish)*($($name),*)) $($await)*)
        }

        #[doc = $put_doc]
        $vis $($async)? fn $put $($generics)* ($($name: $ty,)* value: $kept) $($bounds)* {
            $crate::__private::$bodies!(
                Self::__call $($fish)*().$engine_put(Self::key $($fish)*($($name),*), value) $($await)*
            )
        }

        #[doc = $invalidate_doc]
        $vis $($async)? fn $invalidate $($generics)* ($($name: $ty),*) $($bounds)* {
            $crate::__private::$bodies!(
                Self::__call $($fish)*().$engine_invalidate(Self::key $($fish)*($($name),*)) $($await)*
            )
        }
    };
}

/// Does what it says.
#[doc(hidden)]
#[macro_export]
macro_rules! __real {
    ($body:expr) => {
        $body
    };
}

/// Does nothing: after an error, functions only have to be there, so that calls of them are not errors too.
#[doc(hidden)]
#[macro_export]
macro_rules! __hollow {
    ($body:expr) => {
        ::core::unimplemented!()
    };
}

pub use crate::{__hollow as hollow, __real as real, __verbs as verbs};
