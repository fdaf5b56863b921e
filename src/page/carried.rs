//! What layers of actix have put into a request, as pages have it.

use actix_web::dev::Extensions as Theirs;
use http::Extensions;

/// Takes one thing out of a request, where somebody has put it there. Nobody can go through all that actix has there,
/// nor copy it.
pub(super) type Carry = fn(&Theirs, &mut Extensions);

pub(super) fn carry<T: Clone + Send + Sync + 'static>(theirs: &Theirs, ours: &mut Extensions) {
    if let Some(told) = theirs.get::<T>() {
        ours.insert(told.clone());
    }
}
