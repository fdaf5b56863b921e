//! How many layers a request has come through: each keeps pages of its own.
//!
//! Two layers around one route look for one URL. Under one name the inner one would wait for a page that the outer one is
//! making, which waits for the inner one; and each would hand out what the other was told to keep.

use http::request::Parts;

/// How many layers stand around the one that a request has come to.
#[derive(Clone, Copy, Debug, Default)]
struct Depth(u8);

/// Returns how many layers a request has come through already.
pub(super) fn of(request: &Parts) -> u8 {
    request.extensions.get().map_or(0, |Depth(depth)| *depth)
}

/// Notes that a request goes on to what stands behind a layer.
pub(super) fn deeper(request: &mut Parts) {
    request.extensions.insert(Depth(of(request).saturating_add(1)));
}
