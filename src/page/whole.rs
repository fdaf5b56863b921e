//! The address as the client wrote it: a router in a router takes its own path off it, and notes the whole one.

#[cfg(feature = "axum")]
use axum::extract::OriginalUri;
use http::{Extensions, Uri};

/// Returns the whole address, where somebody has noted it.
#[inline]
pub(super) fn of(extensions: &Extensions) -> Option<&Uri> {
    #[cfg(feature = "axum")]
    return extensions.get().map(|OriginalUri(whole)| whole);
    #[cfg(not(feature = "axum"))]
    {
        let _ = extensions;
        None
    }
}

/// Returns the same, to be narrowed.
pub(super) fn of_mut(extensions: &mut Extensions) -> Option<&mut Uri> {
    #[cfg(feature = "axum")]
    return extensions.get_mut().map(|OriginalUri(whole)| whole);
    #[cfg(not(feature = "axum"))]
    {
        let _ = extensions;
        None
    }
}
