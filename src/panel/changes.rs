//! What buttons do: withdraw an entry, a tag or all that a site keeps, and switch sites and caches.

use cache_core::stats::Event;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::answer::{Refusal, text};
use super::entries;
use super::places::{Place, named, numbered};
use crate::{Cache, Key, Site, invalidate_tag};

#[derive(Serialize)]
struct Done {
    done: String,
}

fn done(what: String) -> String {
    text(&Done { done: what })
}

/// What a request says that it wants.
pub(super) struct Wish(Value);

impl Wish {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let wish = serde_json::from_slice(body).ok().filter(Value::is_object);
        wish.map(Self).ok_or_else(|| Refusal::wrong("the body is no object of JSON"))
    }

    fn word(&self, name: &str) -> Result<&str, Refusal> {
        let word = self.0.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
        word.ok_or_else(|| Refusal::wrong(format!("`{name}` is to be a text")))
    }

    fn site(&self) -> Result<&'static Site, Refusal> {
        let number = self.0.get("site").and_then(Value::as_u64);
        numbered(number.ok_or_else(|| Refusal::wrong("`site` is to be the number of a site"))?)
    }

    /// Returns the cache that is named in the place of a site.
    fn cache(&self) -> Result<Cache, Refusal> {
        named(self.word("cache")?)
    }

    fn is_about_a_site(&self) -> bool {
        self.0.get("site").is_some_and(|site| !site.is_null())
    }
}

pub(super) async fn invalidate(wish: &Wish) -> Result<String, Refusal> {
    match wish.word("what").unwrap_or_default() {
        "entry" => entry(wish).await,
        "site" => all_of(wish.site()?).await,
        "tag" => tag(wish.word("tag")?).await,
        "" => Err(Refusal::wrong("`what` is to be `entry`, `site` or `tag`")),
        what => Err(Refusal::wrong(format!("`what` is to be `entry`, `site` or `tag`, and is `{what}`"))),
    }
}

async fn entry(wish: &Wish) -> Result<String, Refusal> {
    let place =
        if wish.is_about_a_site() { Place::of_site(wish.site()?)? } else { Place { site: None, cache: wish.cache()? } };
    let key = entries::read(wish.word("key")?)?;
    // The key of another site, or none.
    if place.cache.inspect(&key).await?.is_some() && place.entry(&key).await?.is_none() {
        return Err(Refusal::missing(format!("what is under `{key}` is not what this site keeps")));
    }
    // Also where there is nothing: what is being loaded is not kept then.
    let was_there = place.cache.delete(&key).await?;
    if let Some(site) = place.site {
        site.note(Event::Invalidated);
    }
    Ok(done(entries_in_words(u64::from(was_there))))
}

async fn all_of(site: &'static Site) -> Result<String, Refusal> {
    if site.is_page() {
        // Whatever else they go by, this tag all of them have.
        let all = Key::from(format!("{}::{}", site.module(), site.name()));
        invalidate_tag(all).await?;
        site.note(Event::Invalidated);
        return Ok(done(format!("all pages of {}", site.name())));
    }
    Ok(done(entries_in_words(site.clear().await?)))
}

async fn tag(tag: &str) -> Result<String, Refusal> {
    // As it reads, or as it was said.
    let tag = Key::reading(tag).unwrap_or_else(|| Key::from(tag));
    invalidate_tag(&tag).await?;
    Ok(done(format!("all that has the tag {tag}")))
}

fn entries_in_words(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// Switches a site or a cache off or on.
pub(super) fn switch(wish: &Wish) -> Result<String, Refusal> {
    let off = wish.0.get("off").and_then(Value::as_bool);
    let off = off.ok_or_else(|| Refusal::wrong("`off` is to be `true` or `false`"))?;
    let name = if wish.is_about_a_site() {
        let site = wish.site()?;
        if off {
            site.switch_off();
        } else {
            site.switch_on();
        }
        site.name().to_owned()
    } else {
        let cache = wish.cache()?;
        if off {
            cache.switch_off();
        } else {
            cache.switch_on();
        }
        cache.name().to_owned()
    };
    Ok(done(format!("{name} is {}", if off { "off" } else { "on" })))
}

/// Says that nothing may be changed.
pub(super) fn read_only() -> Refusal {
    let sentence = "this panel shows, and changes nothing: `Panel::writable` makes one that does";
    Refusal { status: StatusCode::FORBIDDEN, sentence: sentence.to_owned() }
}
