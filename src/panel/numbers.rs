//! What sites and caches have counted, as it stands now, and the history of the last hour.

use once_cell::sync::Lazy;
use serde::Serialize;

use super::answer::{Refusal, text};
use super::history::{COLUMNS, EVERY, History, Row, millis, saved_ms};
use super::places::{self, Census};
use super::query::Query;
use super::secret;
use crate::{Cache, Site};

#[derive(Serialize)]
struct Now {
    at: u64,
    started: u64,
    version: &'static str,
    program: &'static str,
    release: bool,
    writable: bool,
    token: Option<&'static str>,
    every_s: u64,
    columns: [&'static str; 10],
    history: Vec<Row>,
    caches: Vec<OfCache>,
    sites: Vec<OfSite>,
}

#[derive(Serialize)]
struct OfCache {
    name: String,
    store: &'static str,
    off: bool,
    away: bool,
    hits: u64,
    misses: u64,
    stale: u64,
    loads: u64,
    load_ms: f64,
    failed: u64,
    trouble: u64,
    evictions: u64,
    entries: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Serialize)]
struct OfSite {
    id: usize,
    name: &'static str,
    module: &'static str,
    pattern: &'static str,
    file: &'static str,
    line: u32,
    cache: &'static str,
    page: bool,
    off: bool,
    hits: u64,
    misses: u64,
    stale: u64,
    shared: u64,
    loads: u64,
    load_ms: f64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    saved_ms: f64,
    entries: Option<u64>,
    failed: u64,
    refused: u64,
    superseded: u64,
    trouble: u64,
    invalidated: u64,
}

/// Who asks: what they may do is told with the numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rights {
    pub(super) writable: bool,
    pub(super) release: bool,
}

pub(super) fn now(history: &History, rights: Rights, query: &Query) -> Result<String, Refusal> {
    let since = match query.get("since") {
        Some(since) => since.parse().map_err(|_| {
            Refusal::wrong(format!("`{since}` is no time: write milliseconds since 1970, as in `since=1732280000000`"))
        })?,
        None => 0,
    };
    let mut census = Census::default();
    let sites = places::all().iter().enumerate().map(|(id, site)| of_site(id, site, &mut census)).collect();
    let caches = cache_core::registry::caches()?.iter().map(of_cache).collect();
    Ok(text(&Now {
        at: history.now(),
        started: history.started(),
        version: env!("CARGO_PKG_VERSION"),
        program: &PROGRAM,
        release: rights.release,
        writable: rights.writable,
        token: rights.writable.then(secret::token),
        every_s: EVERY.as_secs(),
        columns: COLUMNS,
        history: history.rows_after(since),
        caches,
        sites,
    }))
}

/// What the program is called.
static PROGRAM: Lazy<String> = Lazy::new(|| {
    let path = std::env::current_exe().ok();
    let name = path.as_ref().and_then(|path| path.file_stem());
    name.map_or_else(|| "a program".to_owned(), |name| name.to_string_lossy().into_owned())
});

fn of_cache(cache: &Cache) -> OfCache {
    let stats = cache.stats();
    OfCache {
        name: cache.name().to_owned(),
        store: cache.store_kind(),
        off: cache.is_off(),
        away: cache.is_away(),
        hits: stats.hits,
        misses: stats.misses,
        stale: stats.stale,
        loads: stats.loads,
        load_ms: millis(stats.load_time),
        failed: stats.failed,
        trouble: stats.trouble,
        evictions: stats.evictions,
        entries: (!cache.is_outside()).then_some(stats.entries),
        bytes: cache.counts_bytes().then_some(stats.bytes),
    }
}

fn of_site(id: usize, site: &'static Site, census: &mut Census) -> OfSite {
    let (stats, times) = (site.stats(), site.load_times());
    OfSite {
        id,
        name: site.name(),
        module: site.module(),
        pattern: site.pattern(),
        file: site.file(),
        line: site.line(),
        cache: site.cache_name(),
        page: site.is_page(),
        off: site.is_off(),
        hits: stats.hits,
        misses: stats.misses,
        stale: stats.stale,
        shared: stats.shared,
        loads: stats.loads,
        load_ms: millis(stats.load_time),
        p50_ms: times.quantile(0.5).map(millis),
        p99_ms: times.quantile(0.99).map(millis),
        saved_ms: saved_ms(&stats),
        entries: census.of(site),
        failed: stats.failed,
        refused: stats.refused,
        superseded: stats.superseded,
        trouble: stats.trouble,
        invalidated: stats.invalidated,
    }
}
