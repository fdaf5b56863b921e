//! Why the next call for a key would be a hit, stale or a miss.

use cache_core::explain::{Found, Unasked};
use serde::Serialize;

use super::answer::{Refusal, text};
use super::entries;
use super::places::Place;
use super::query::Query;
use crate::page::tell;
use crate::{Key, Options};

#[derive(Serialize)]
struct Outlook {
    /// `hit`, `stale`, `spare`, which is served only if loading it anew fails, `miss` or `off`.
    next: &'static str,
    why: String,
}

/// Returns what the next call would find, as [`explain`](mod@crate::explain) would tell it.
pub(super) async fn why(query: &Query) -> Result<String, Refusal> {
    let place = Place::asked(query)?;
    let key = query.get("key").ok_or_else(|| Refusal::wrong("say which key, as in `key=profile:42`"))?;
    let found = find(&place, &entries::read(key)?).await?;
    let next = match &found {
        found if found.is_hit() => "hit",
        Found::Stale { .. } => "stale",
        Found::Spare { .. } => "spare",
        Found::Unasked(_) => "off",
        _ => "miss",
    };
    Ok(text(&Outlook { next, why: found.to_string() }))
}

async fn find(place: &Place, key: &Key) -> Result<Found, Refusal> {
    if place.cache.is_off() {
        return Ok(Found::Unasked(Unasked::CacheOff));
    }
    Ok(match place.site {
        Some(site) if site.is_off() => Found::Unasked(Unasked::PlaceOff),
        Some(site) if site.is_page() => tell::would_find(&place.cache, key).await,
        Some(site) => site.would_find(key).await?,
        // By hand: whoever has written it asks under its own pattern.
        None => {
            let mark = place.cache.inspect(key).await?.map_or(key.mark(), |entry| entry.mark);
            place.cache.would_find(&Key::__sealed(mark, key.as_str()), &Options::DEFAULT).await
        }
    })
}
