//! The verbs of a handler's companion, which are the same for every handler but for their arguments.
//!
//! A macro, since generics are not all that differs: an argument has the name here that it has in the handler.

/// Emits the verbs into the `impl` of a companion.
///
/// What it is handed: whether bodies are `real`, the visibility, generics as they stand behind a name, as they stand in a call
/// and behind a signature, the arguments, the expression that makes the name of pages, and the name of all pages of the handler
/// where that is another one.
#[doc(hidden)]
#[macro_export]
macro_rules! __page_verbs {
    (
        $bodies:ident $vis:vis [$($generics:tt)*] [$($fish:tt)*] [$($bounds:tt)*]
        ($($name:ident: $ty:ty),*) => $key:expr $(, $all:expr)?
    ) => {
        /// Returns the name of its pages for these arguments: a tag that all of them have, whatever their URL.
        #[must_use]
        $vis fn key $($generics)* ($($name: $ty),*) -> $crate::Key $($bounds)* {
            $crate::__private::$bodies!($key)
        }

        /// Invalidates its pages for these arguments, whatever their URL; one that is being made is not kept either.
        $vis async fn invalidate $($generics)* ($($name: $ty),*) $($bounds)* {
            $crate::__private::$bodies!(Self::__entry $($fish)*($($name),*).invalidate().await)
        }

        /// Does the same as [`invalidate`](Self::invalidate), and blocks.
        $vis fn invalidate_blocking $($generics)* ($($name: $ty),*) $($bounds)* {
            $crate::__private::$bodies!(
                $crate::__private::Invalidation::new([Self::__entry $($fish)*($($name),*)]).now_blocking()
            )
        }

        $(
            /// Invalidates all its pages, whatever their name.
            $vis async fn invalidate_all() {
                $crate::__private::$bodies!(
                    $crate::__private::Entry::of_pages(Self::site(), $all).invalidate().await
                )
            }
        )?

        /// Returns the handler as a place in the program: where it stands, what it has counted, and its switch.
        #[must_use]
        $vis fn site() -> &'static $crate::Site {
            $crate::__private::$bodies!(Self::__pages().site())
        }

        /// Returns what its pages have counted since the program began.
        #[must_use]
        $vis fn stats() -> $crate::Stats {
            $crate::__private::$bodies!(Self::site().stats())
        }

        #[doc(hidden)]
        $vis fn __entry $($generics)* ($($name: $ty),*) -> $crate::__private::Entry $($bounds)* {
            $crate::__private::$bodies!(
                $crate::__private::Entry::of_pages(Self::site(), Self::key $($fish)*($($name),*))
            )
        }

        #[doc(hidden)]
        $vis fn __call() -> $crate::page::__private::Unwritten {
            $crate::page::__private::Unwritten
        }
    };
}

pub use crate::__page_verbs as page_verbs;
