//! Figures of each cached function. Counters that nobody raises but the code around the cache stand at what that code
//! thinks; these are raised by the cache.

use std::fmt::Write;

/// Writes a line for each function that somebody has called.
pub fn figures() -> String {
    let mut lines = String::new();
    let mut sites: Vec<_> = larder::sites().map(|site| (site.pattern(), site.stats())).collect();
    sites.retain(|(_, stats)| stats.hits + stats.misses > 0);
    sites.sort_unstable_by_key(|(pattern, _)| *pattern);
    for (pattern, stats) in sites {
        let (hits, misses, rate) = (stats.hits, stats.misses, 100.0 * stats.hit_rate());
        writeln!(lines, "{pattern:<22}{hits:>5}{misses:>8}{rate:>7.1} %").expect("a text takes whatever is written");
    }
    lines
}
