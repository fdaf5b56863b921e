//! What a browser keeps of what it was sent, as RFC 9111 has it for private caches: no more careful than it has to be.

use std::collections::HashMap;

use http::header::{AGE, CACHE_CONTROL, ETAG, EXPIRES, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::site::Visit;

/// The cache of one browser.
#[derive(Debug, Default)]
pub struct PrivateCache(HashMap<String, Vec<Kept>>);

/// One answer, with the request that it was for, and when it came.
#[derive(Debug)]
struct Kept {
    request: HeaderMap,
    visit: Visit,
    came: u64,
}

/// How long what has a date, and says nothing of its time, is taken for fresh. Any time is allowed (4.2.2).
const GUESS: u64 = 3600;

/// What may be kept although it says nothing of its time (RFC 9110, 15.1).
const BY_GUESS: [u16; 11] = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

impl PrivateCache {
    /// Returns what answers a request without anybody being asked.
    pub fn fresh(&self, path: &str, request: &HeaderMap, now: u64) -> Option<Visit> {
        let kept = self.kept(path, request)?;
        (kept.age(now) < lifetime(&kept.visit)).then(|| kept.visit.clone())
    }

    /// Returns under which conditions the server is asked.
    pub fn conditions(&self, path: &str, request: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        let Some(kept) = self.kept(path, request) else { return Vec::new() };
        let pairs = [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)];
        let said = |(of, to): (HeaderName, HeaderName)| Some((to, kept.visit.headers.get(of)?.clone()));
        pairs.into_iter().filter_map(said).collect()
    }

    /// Takes an answer to `GET`, keeps it if it may be kept, and returns what is shown.
    pub fn take(&mut self, path: &str, request: HeaderMap, visit: Visit, now: u64) -> Visit {
        let kept = self.0.entry(path.to_owned()).or_default();
        let place = kept.iter().position(|kept| kept.answers(&request));
        if let (304, Some(place)) = (visit.status.as_u16(), place) {
            let confirmed = &mut kept[place];
            for (name, value) in &visit.headers {
                confirmed.visit.headers.insert(name, value.clone());
            }
            confirmed.came = now;
            return confirmed.visit.clone();
        }
        if let Some(place) = place {
            kept.remove(place);
        }
        if may_be_kept(&visit) {
            kept.push(Kept { request, visit: visit.clone(), came: now });
        }
        visit
    }

    /// Forgets what a write has changed (4.4).
    pub fn forget(&mut self, path: &str) {
        self.0.remove(path);
    }

    fn kept(&self, path: &str, request: &HeaderMap) -> Option<&Kept> {
        self.0.get(path)?.iter().find(|kept| kept.answers(request))
    }
}

impl Kept {
    /// Returns whether a request says the same of what the answer varies on.
    fn answers(&self, request: &HeaderMap) -> bool {
        words(&self.visit.headers, &VARY)
            .all(|name| name != "*" && request.get_all(&name).iter().eq(self.request.get_all(&name).iter()))
    }

    fn age(&self, now: u64) -> u64 {
        let said = self.visit.header(AGE.as_str()).and_then(|age| age.parse().ok());
        said.unwrap_or(0) + (now - self.came)
    }
}

fn may_be_kept(visit: &Visit) -> bool {
    let says = |word| words(&visit.headers, &CACHE_CONTROL).any(|said| said == word);
    !says("no-store") && !matches!(visit.status.as_u16(), 206 | 304) && (has_a_time(visit) || has_a_name(visit))
}

fn has_a_time(visit: &Visit) -> bool {
    seconds(visit, "max-age").is_some() || visit.headers.contains_key(EXPIRES)
}

fn has_a_name(visit: &Visit) -> bool {
    let says = |name| visit.headers.contains_key(name);
    (says(ETAG) || says(LAST_MODIFIED)) && BY_GUESS.contains(&visit.status.as_u16())
}

/// Returns how old it may be that is shown without asking.
fn lifetime(visit: &Visit) -> u64 {
    if words(&visit.headers, &CACHE_CONTROL).any(|said| said == "no-cache") {
        return 0;
    }
    let behind = seconds(visit, "stale-while-revalidate").unwrap_or(0);
    let guess = if visit.headers.contains_key(LAST_MODIFIED) { GUESS } else { 0 };
    // `Expires` alone is said by nobody here.
    seconds(visit, "max-age").map_or(guess, |said| said + behind)
}

fn seconds(visit: &Visit, directive: &str) -> Option<u64> {
    words(&visit.headers, &CACHE_CONTROL).find_map(|said| said.strip_prefix(directive)?.strip_prefix('=')?.parse().ok())
}

fn words(headers: &HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().expect("a text"));
    lines.flat_map(|line| line.split(',')).map(|word| word.trim().to_ascii_lowercase())
}
