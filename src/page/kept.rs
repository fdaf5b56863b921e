//! Which pages a handler keeps, for a person who looks at what there is.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::key;
use super::variant::{Front, VARIANT};
use crate::{Cache, Error, Key, Site as Annotated, Ttl};

/// The marks of the places that a handler's pages were made at: one, unless it is generic.
static PLACES: Mutex<Vec<(&'static Annotated, u64)>> = Mutex::new(Vec::new());

/// Notes that a place is that of a handler.
pub(super) fn note(site: &'static Annotated, mark: u64) {
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    if !places.iter().any(|(other, place)| std::ptr::eq(*other, site) && *place == mark) {
        places.push((site, mark));
    }
}

fn is_place_of(mark: u64, site: &'static Annotated) -> bool {
    let places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    places.iter().any(|(other, place)| std::ptr::eq(*other, site) && *place == mark)
}

/// What the keys of all pages begin with.
pub(crate) const START: &str = "page";

/// Returns how long a page is fresh that this handler keeps under a key, which is under the mark that it was written with:
/// zero where it is past its time, and may be asked for anew or served for want of a better one. `None` where there is none.
pub(crate) async fn fresh_for(site: &'static Annotated, cache: &Cache, key: &Key) -> Result<Option<Ttl>, Error> {
    if ![key::MARK, VARIANT].contains(&key.mark()) {
        return Ok(None);
    }
    let Some(Front::Page(page)) = cache.look_at::<Front>(key).await? else { return Ok(None) };
    let left = page.facts().fresh_for(cache.clock().wall_millis());
    Ok(is_place_of(page.site(), site).then(|| left.map_or(Ttl::Forever, |left| Ttl::For(Duration::from_millis(left)))))
}
