//! A site, where its function stands.

/// Becomes a reference to the site: a static, of which the program is told.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:literal, $pattern:expr $(, $($word:tt)*)?) => {{
        static SITE: $crate::__private::Site = $crate::__private::Site::at(
            ::core::module_path!(), ::core::option_env!("CARGO_BIN_NAME"), $name, ::core::file!(), ::core::line!(), $pattern
        ) $($($word)*)?;
        $crate::__private::inventory::submit! { &SITE }
        &SITE
    }};
}

/// Becomes the mark of a pattern, where the pattern stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __mark {
    ($pattern:expr) => {
        const { $crate::__private::mark_within(::core::module_path!(), ::core::option_env!("CARGO_BIN_NAME"), $pattern) }
    };
}

pub use crate::{__mark as mark, __site as site};
