//! What each number is called, and what it says: those of `src/docs/metrics.md`, as a test sees to.

use metrics::{KeyName, Recorder, Unit};

use crate::{Cache, Site, Stats};

/// A counter that sites and caches have.
pub(super) struct Count {
    pub(super) of_sites: &'static str,
    pub(super) of_caches: &'static str,
    says: &'static str,
    pub(super) read: fn(&Stats) -> u64,
}

/// A counter that caches alone have.
pub(super) struct OfCaches {
    pub(super) name: &'static str,
    says: &'static str,
    pub(super) read: fn(&Stats) -> u64,
    /// Whether there is such a thing for a cache.
    pub(super) has: fn(&Cache) -> bool,
}

macro_rules! counts {
    ($($field:ident: $says:literal,)*) => {
        &[$(Count {
            of_sites: concat!("larder_site_", stringify!($field), "_total"),
            of_caches: concat!("larder_cache_", stringify!($field), "_total"),
            says: $says,
            read: |stats| stats.$field,
        }),*]
    };
}

pub(super) const COUNTS: &[Count] = counts! {
    hits: "Callers who found a fresh value",
    misses: "Callers who found nothing usable",
    stale: "Callers who were served a value past its time",
    shared: "Callers who were handed what another one was loading",
    loads: "Bodies that ran",
    failed: "Bodies that failed",
    timed_out: "Bodies that were given up after their time limit",
    bypassed: "Bodies that ran uncached, since something was switched off or their transaction had invalidated their entry",
    circles: "Bodies that ran uncached, since waiting would have been waiting for themselves",
    locked: "Callers who met another process that was running their body",
    refused: "Values that a rule or their size kept out",
    superseded: "Values that were invalidated while they were being read",
    foreign: "Entries of another type, shape or pattern that were met",
    trouble: "Failures of the store",
    invalidated: "Entries that were invalidated",
    verified: "Hits on which the body ran too, to see whether what is kept is right",
    differed: "Those of them where it was not",
};

pub(super) const COUNTS_OF_CACHES: &[OfCaches] = &[
    OfCaches {
        name: "larder_cache_evictions_total",
        says: "Entries that had to make room",
        read: |stats| stats.evictions,
        has: |cache| !cache.is_outside(),
    },
    OfCaches {
        name: "larder_cache_near_hits_total",
        says: "Questions that the near level has answered",
        read: |stats| stats.near_hits,
        has: Cache::is_outside,
    },
    OfCaches {
        name: "larder_cache_near_misses_total",
        says: "Questions that went past the near level to the store",
        read: |stats| stats.near_misses,
        has: Cache::is_outside,
    },
    OfCaches {
        name: "larder_cache_unopened_total",
        says: "Entries that did not open with the keys of this cache",
        read: |stats| stats.unopened,
        has: Cache::is_outside,
    },
];

/// What stands at a number now, and may go down again.
pub(super) struct Level {
    pub(super) name: &'static str,
    unit: Unit,
    says: &'static str,
    /// Nothing where there is no such thing, or nobody knows.
    pub(super) read: fn(&Cache, &Stats) -> Option<u64>,
}

pub(super) const LEVELS: &[Level] = &[
    Level {
        name: "larder_cache_entries",
        unit: Unit::Count,
        says: "Entries in memory",
        read: |cache, stats| (!cache.is_outside()).then_some(stats.entries),
    },
    Level {
        name: "larder_cache_bytes",
        unit: Unit::Bytes,
        says: "What the entries in memory weigh",
        read: |cache, stats| cache.counts_bytes().then_some(stats.bytes),
    },
    Level {
        name: "larder_cache_near_entries",
        unit: Unit::Count,
        says: "Entries in the near level",
        read: |cache, stats| cache.is_outside().then_some(stats.near_entries),
    },
    Level {
        name: "larder_cache_near_bytes",
        unit: Unit::Bytes,
        says: "What the entries in the near level weigh",
        read: |cache, stats| cache.is_outside().then_some(stats.near_bytes),
    },
    Level {
        name: "larder_cache_away",
        unit: Unit::Count,
        says: "1 while the store is away",
        read: |cache, _| cache.is_outside().then(|| cache.is_away().into()),
    },
    Level {
        name: "larder_cache_off",
        unit: Unit::Count,
        says: "1 while the cache is switched off",
        read: |cache, _| Some(cache.is_off().into()),
    },
];

/// Whether any place of a site is switched off.
pub(super) const SITE_OFF: &str = "larder_site_off";
pub(super) const SITE_LOADS: &str = "larder_site_load_seconds";
pub(super) const CACHE_LOADS: &str = "larder_cache_load_seconds";

pub(super) fn is_off(sites: &[&'static Site]) -> bool {
    sites.iter().any(|site| site.is_off())
}

/// Tells the recorder what each of them says.
pub(super) fn describe(recorder: &dyn Recorder) {
    let name = KeyName::from_const_str;
    for count in COUNTS {
        recorder.describe_counter(name(count.of_sites), Some(Unit::Count), count.says.into());
        recorder.describe_counter(name(count.of_caches), Some(Unit::Count), count.says.into());
    }
    for count in COUNTS_OF_CACHES {
        recorder.describe_counter(name(count.name), Some(Unit::Count), count.says.into());
    }
    for level in LEVELS {
        recorder.describe_gauge(name(level.name), Some(level.unit), level.says.into());
    }
    recorder.describe_gauge(name(SITE_OFF), Some(Unit::Count), "1 while the site is switched off".into());
    for loads in [SITE_LOADS, CACHE_LOADS] {
        recorder.describe_histogram(
            name(loads),
            Some(Unit::Seconds),
            "How long bodies took, an eighth off at most".into(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_counted_is_published() {
        let shown = format!("{:?}", Stats::default());
        let fields =
            shown.split(['{', ',']).skip(1).filter_map(|field| field.split_once(':')).map(|(name, _)| name.trim());
        let source = include_str!("names.rs");
        let (of_both, _) = source.split_once("mod tests").expect("the tests are below");
        let mut count = 0;
        for field in fields {
            count += 1;
            // The time that bodies took is in the histogram.
            let is_there = of_both.contains(&format!("    {field}: \"")) || of_both.contains(&format!("stats.{field}"));
            assert!(is_there || field == "load_time", "`{field}` is counted, and nobody publishes it");
        }
        assert!(count > 20, "{shown}");
    }
}
