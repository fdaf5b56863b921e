//! A site, where its function stands.

/// Becomes a reference to the site: a static, of which the program is told.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:literal, $pattern:expr $(, $($word:tt)*)?) => {{
        static SITE: $crate::__private::Site = $crate::__private::Site::at(
            ::core::module_path!(), $name, ::core::file!(), ::core::line!(), $pattern
        ) $($($word)*)?;
        $crate::__private::inventory::submit! { &SITE }
        &SITE
    }};
}

pub use crate::__site as site;
