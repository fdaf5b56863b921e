//! What sites and caches have counted, as it stands now, and the history of the last hour.

use std::sync::{Mutex, PoisonError};

use once_cell::sync::Lazy;
use serde::Serialize;

use super::answer::{Refusal, text};
use super::history::{COLUMNS, EVERY, History, Row, millis, saved_ms};
use super::ledger::Ledger;
use super::places::{self, Census, Place};
use super::query::Query;
use super::secret;
use super::series;
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

#[derive(Clone, Debug, PartialEq, Serialize)]
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

#[derive(Clone, Debug, PartialEq, Serialize)]
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

/// What pages have been told of caches and sites.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<(Ledger<OfCache>, Ledger<OfSite>)>);

/// Whose turn it is to answer.
static TURN: Mutex<()> = Mutex::new(());

/// Who asks: what they may do is told with the numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rights {
    pub(super) writable: bool,
    pub(super) release: bool,
}

pub(super) fn now(history: &History, told: &Told, rights: Rights, query: &Query) -> Result<String, Refusal> {
    let since = match query.get("since") {
        Some(since) => since.parse().map_err(|_| {
            Refusal::wrong(format!("`{since}` is no time: write milliseconds since 1970, as in `since=1732280000000`"))
        })?,
        None => 0,
    };
    // One after the other, also where panels are several: what is counted for an answer is no older than its time, and what
    // is told by one that comes later was not counted before.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let at = history.now();
    let mut census = Census::default();
    let sites = places::all().iter().enumerate().map(|(id, site)| of_site(id, site, &mut census)).collect();
    let caches = cache_core::registry::caches_if_made().iter().map(of_cache).collect();
    let (caches, sites) = {
        let mut told = told.0.lock().unwrap_or_else(PoisonError::into_inner);
        (told.0.changed(caches, at, since), told.1.changed(sites, at, since))
    };
    Ok(text(&Now {
        at,
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

#[derive(Serialize)]
struct Hour {
    at: u64,
    columns: [&'static str; 9],
    history: Vec<series::Row>,
}

/// Returns what has happened at a site in the last hour.
pub(super) fn hour(history: &History, query: &Query) -> Result<String, Refusal> {
    let site = Place::asked(query)?.site.and_then(places::number_of);
    let site =
        site.ok_or_else(|| Refusal::wrong("only sites have a history of their own: say which, as in `site=0`"))?;
    Ok(text(&Hour { at: history.now(), columns: series::COLUMNS, history: history.rows_of(site) }))
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
