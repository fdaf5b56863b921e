//! The verbs of a free function's companion, which are the same for every function but for their arguments.
//!
//! Macros, since generics are not all that differs: an argument has the name here that it has in the user's function.

/// Emits the verbs into the `impl` of a companion, its own colour first.
///
/// What it is handed: whether bodies are `real`, the colour, the visibility, generics as they stand behind a name, as they
/// stand in a call and behind a signature, the arguments, what is kept, and the closure that writes the key.
///
/// What is awaited returns the engine's own future and is no `async fn`, which would be a state machine of its own in each
/// function's companion.
#[doc(hidden)]
#[macro_export]
macro_rules! __verbs {
    (real async $($site:tt)*) => {
        $crate::__common_verbs! { real $($site)* }
        $crate::__awaited_verbs! { $($site)*
            get " Returns the value kept for these arguments, if there is one."
            put " Keeps a value for these arguments, whatever was there before."
            invalidate " Forgets the value kept for these arguments; what is being read for them now is not kept either."
        }
        $crate::__blocking_verbs! { $($site)*
            get_blocking " Does the same as [`get`](Self::get), and blocks."
            put_blocking " Does the same as [`put`](Self::put), and blocks."
            invalidate_blocking " Does the same as [`invalidate`](Self::invalidate), and blocks."
        }
    };
    (real blocking $($site:tt)*) => {
        $crate::__common_verbs! { real $($site)* }
        $crate::__blocking_verbs! { $($site)*
            get " Returns the value kept for these arguments, if there is one."
            put " Keeps a value for these arguments, whatever was there before."
            invalidate " Forgets the value kept for these arguments; what is being read for them now is not kept either."
        }
        $crate::__awaited_verbs! { $($site)*
            get_async " Does the same as [`get`](Self::get), without blocking."
            put_async " Does the same as [`put`](Self::put), without blocking."
            invalidate_async " Does the same as [`invalidate`](Self::invalidate), without blocking."
        }
    };
    (hollow async $($site:tt)*) => {
        $crate::__common_verbs! { hollow $($site)* }
        $crate::__hollow_verbs! { $($site)* [async] get put invalidate }
        $crate::__hollow_verbs! { $($site)* [] get_blocking put_blocking invalidate_blocking }
    };
    (hollow blocking $($site:tt)*) => {
        $crate::__common_verbs! { hollow $($site)* }
        $crate::__hollow_verbs! { $($site)* [] get put invalidate }
        $crate::__hollow_verbs! { $($site)* [async] get_async put_async invalidate_async }
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
            $crate::__private::$bodies!(Self::__call $($fish)*().key(&$write) $($tags)*)
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

/// Emits what blocks.
#[doc(hidden)]
#[macro_export]
macro_rules! __blocking_verbs {
    (
        $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) -> $kept:ty, $write:expr, [$($tags:tt)*];
        $get:ident $get_doc:literal $put:ident $put_doc:literal $invalidate:ident $invalidate_doc:literal
    ) => {
        #[doc = $get_doc]
        #[must_use]
        $vis fn $get $($generics)* ($($name: $ty),*) -> ::core::option::Option<$kept> $($bounds)* {
            Self::__call $($fish)*().get_blocking(Self::key $($fish)*($($name),*))
        }

        #[doc = $put_doc]
        $vis fn $put $($generics)* ($($name: $ty,)* value: $kept) $($bounds)* {
            Self::__call $($fish)*().put_blocking(Self::key $($fish)*($($name),*), value)
        }

        #[doc = $invalidate_doc]
        $vis fn $invalidate $($generics)* ($($name: $ty),*) $($bounds)* {
            Self::__call $($fish)*().invalidate_blocking(Self::key $($fish)*($($name),*))
        }
    };
}

/// Emits what is awaited.
#[doc(hidden)]
#[macro_export]
macro_rules! __awaited_verbs {
    (
        $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) -> $kept:ty, $write:expr, [$($tags:tt)*];
        $get:ident $get_doc:literal $put:ident $put_doc:literal $invalidate:ident $invalidate_doc:literal
    ) => {
        #[doc = $get_doc]
        $vis fn $get $($generics)* (
            $($name: $ty),*
        ) -> impl ::core::future::Future<Output = ::core::option::Option<$kept>> $($bounds)* {
            Self::__call $($fish)*().get(Self::key $($fish)*($($name),*))
        }

        #[doc = $put_doc]
        $vis fn $put $($generics)* (
            $($name: $ty,)* value: $kept
        ) -> impl ::core::future::Future<Output = ()> $($bounds)* {
            Self::__call $($fish)*().put(Self::key $($fish)*($($name),*), value)
        }

        #[doc = $invalidate_doc]
        $vis fn $invalidate $($generics)* (
            $($name: $ty),*
        ) -> impl ::core::future::Future<Output = ()> $($bounds)* {
            Self::__call $($fish)*().invalidate(Self::key $($fish)*($($name),*))
        }
    };
}

/// Emits the same for companions that only have to be there.
#[doc(hidden)]
#[macro_export]
macro_rules! __hollow_verbs {
    (
        $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) -> $kept:ty, $write:expr, [$($tags:tt)*];
        [$($async:tt)?] $get:ident $put:ident $invalidate:ident
    ) => {
        $vis $($async)? fn $get $($generics)* ($($name: $ty),*) -> ::core::option::Option<$kept> $($bounds)* {
            ::core::unimplemented!()
        }

        $vis $($async)? fn $put $($generics)* ($($name: $ty,)* value: $kept) $($bounds)* {
            ::core::unimplemented!()
        }

        $vis $($async)? fn $invalidate $($generics)* ($($name: $ty),*) $($bounds)* {
            ::core::unimplemented!()
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
