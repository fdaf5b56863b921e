//! Which pages a handler keeps, for a person who looks at what there is.

use std::sync::{Mutex, PoisonError};

use super::key;
use super::variant::{Front, VARIANT};
use crate::{Cache, Error, Key, Site as Annotated};

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

/// Returns whether a page of this handler is under a key, which is under the mark that it was written with.
pub(crate) async fn is_page_of(site: &'static Annotated, cache: &Cache, key: &Key) -> Result<bool, Error> {
    if ![key::MARK, VARIANT].contains(&key.mark()) {
        return Ok(false);
    }
    let found = cache.peek_outside::<Front>(key).await?;
    Ok(matches!(found, Some(Front::Page(page)) if is_place_of(page.site(), site)))
}
