//! What `fragment!` does where it stands.

use std::convert::identity;
use std::future::Future;

use cache_core::__private::{Call, Miss, Site, shared};

use super::text::Making;
use super::{Rendered, Text};
use crate::key::KeyWriter;
use crate::{Key, Ttl};

type Outcome<E> = Result<Text, E>;

/// Renders a fragment, unless it is kept.
pub fn render<R: Rendered>(
    site: &'static Site,
    write: impl FnOnce(&mut KeyWriter<'_>),
    ttl: impl FnOnce() -> Ttl,
    tags: impl FnOnce() -> Vec<Key>,
    body: impl FnOnce() -> R,
) -> R::Fragment {
    let outcome = call(site).look(write).unwrap_or_else(|miss| {
        let (making, miss) = begin(site, ttl(), tags(), miss);
        miss.load_blocking(|| body().into_text().map(|text| making.text(text)))
    });
    R::fragment(told(outcome))
}

/// Does the same with a body that is awaited.
pub async fn render_awaited<R: Rendered, F: Future<Output = R>>(
    site: &'static Site,
    write: impl FnOnce(&mut KeyWriter<'_>),
    ttl: impl FnOnce() -> Ttl,
    tags: impl FnOnce() -> Vec<Key>,
    body: impl FnOnce() -> F,
) -> R::Fragment {
    let outcome = match call(site).look(write) {
        Ok(outcome) => outcome,
        Err(miss) => {
            let (making, miss) = begin(site, ttl(), tags(), miss);
            miss.load(|| async move { body().await.into_text().map(|text| making.text(text)) }).await
        }
    };
    R::fragment(told(outcome))
}

fn call<E>(site: &'static Site) -> Call<Outcome<E>, 1> {
    // A copy is one more hand on the same text.
    Call::new(site, shared(true), identity)
}

fn begin<E>(site: &'static Site, ttl: Ttl, tags: Vec<Key>, miss: Miss<Outcome<E>, 1>) -> (Making, Miss<Outcome<E>, 1>) {
    let usual = site.home().map_or(Ttl::Default, |cache| cache.usual_time());
    let making = Making::new(tags, ttl, usual);
    let miss = miss.__tags(making.tags().iter().cloned()).__lasting(ttl);
    (making, miss)
}

fn told<E>(outcome: Outcome<E>) -> Outcome<E> {
    outcome.inspect(Text::tell_around)
}

/// Gathers tags.
#[must_use]
pub fn all<const N: usize>(tags: [Key; N]) -> Vec<Key> {
    tags.into()
}
