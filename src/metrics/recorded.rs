//! What a recorder is told: absolute numbers, of which it does not matter how often they are told; and how long bodies took
//! since they were told last, since a histogram takes in what is new.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use cache_core::registry::caches_of_the_program;
use metrics::{Key, Label, Level, Metadata, Recorder};

use super::names::{self, CACHE_LOADS, COUNTS, COUNTS_OF_CACHES, LEVELS, SITE_LOADS, SITE_OFF};
use crate::{LoadTimes, Site};

/// How many bodies of each length were told, by histogram.
pub(super) type Before = BTreeMap<Key, Vec<u64>>;

pub(super) static BEFORE: Mutex<Before> = Mutex::new(BTreeMap::new());

const METADATA: Metadata<'static> = Metadata::new("larder", Level::INFO, Some(module_path!()));

/// Returns all sites by their labels. Two versions of one library have the same. Those whose cache is not known before there are
/// caches have none until then.
fn alike() -> BTreeMap<Vec<Label>, Vec<&'static Site>> {
    let mut alike: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let is_settled = !caches_of_the_program().is_empty();
    for site in crate::sites().filter(|site| is_settled || !site.has_a_choice()) {
        let path = Label::new("site", format!("{}::{}", site.module(), site.name()));
        let (cache, pattern) = (("cache", site.cache_name()), ("pattern", site.pattern()));
        let label = |(name, value)| Label::from_static_parts(name, value);
        alike.entry(vec![label(cache), path, label(pattern)]).or_default().push(site);
    }
    alike
}

/// Tells of all sites.
pub(super) fn sites(recorder: &dyn Recorder, before: &mut Before) {
    for (labels, sites) in alike() {
        let labels = || labels.clone();
        let stats: Vec<_> = sites.iter().map(|site| site.stats()).collect();
        for count in COUNTS {
            let key = Key::from_parts(count.of_sites, labels());
            recorder.register_counter(&key, &METADATA).absolute(stats.iter().map(count.read).sum());
        }
        let key = Key::from_parts(SITE_OFF, labels());
        recorder.register_gauge(&key, &METADATA).set(u8::from(names::is_off(&sites)));
        loads(recorder, before, Key::from_parts(SITE_LOADS, labels()), sites.iter().map(|site| site.load_times()));
    }
}

/// Tells of all caches of the program.
pub(super) fn caches(recorder: &dyn Recorder, before: &mut Before) {
    for cache in caches_of_the_program() {
        let stats = cache.stats();
        let key = |name| Key::from_parts(name, vec![Label::new("cache", cache.name().to_owned())]);
        let count = |name, value| recorder.register_counter(&key(name), &METADATA).absolute(value);
        for each in COUNTS {
            count(each.of_caches, (each.read)(&stats));
        }
        for each in COUNTS_OF_CACHES.iter().filter(|each| (each.has)(&cache)) {
            count(each.name, (each.read)(&stats));
        }
        for level in LEVELS {
            if let Some(value) = (level.read)(&cache, &stats) {
                recorder.register_gauge(&key(level.name), &METADATA).set(rounded(value));
            }
        }
        loads(recorder, before, key(CACHE_LOADS), std::iter::once(cache.load_times()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "recorders have numbers of fifteen digits")]
fn rounded(value: u64) -> f64 {
    value as f64
}

/// Tells how long the bodies took that have run since this was told last.
fn loads(recorder: &dyn Recorder, before: &mut Before, key: Key, times: impl Iterator<Item = LoadTimes>) {
    let histogram = recorder.register_histogram(&key, &METADATA);
    let told = before.entry(key).or_default();
    let mut all: Vec<(Duration, u64)> = Vec::new();
    for times in times {
        for (step, (time, count)) in times.steps().enumerate() {
            match all.get_mut(step) {
                Some(sum) => sum.1 += count,
                None => all.push((time, count)),
            }
        }
    }
    told.resize(all.len().max(told.len()), 0);
    for ((time, count), told) in all.into_iter().zip(told) {
        let new = usize::try_from(count.saturating_sub(*told)).unwrap_or(usize::MAX);
        if new > 0 {
            histogram.record_many(time.as_secs_f64(), new);
        }
        *told = count;
    }
}

#[cfg(test)]
mod tests {
    use cache_core::__private;

    use super::*;

    #[test]
    fn sites_that_cannot_be_told_apart_are_told_together() {
        let [one, other] = [__private::site!("twin", "twin:<id>"), __private::site!("twin", "twin:<id>")];
        let twins: Vec<_> = alike().into_values().filter(|sites| sites[0].name() == "twin").collect();
        assert!(twins.len() == 1 && twins[0].len() == 2, "{twins:?}");
        assert_eq!(one.pattern(), other.pattern());
    }
}
