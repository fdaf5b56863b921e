//! What caches count, as a recorder is told of it.

mod recorder;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::{Options, Settings, cached, metrics, testing};
use recorder::{Kind, Recorder};

const MARKER: &str = "kNobodyMaySee";

#[cached(key = "metrics:name:<id>:<name>", ttl = 60)]
fn name(id: u64, name: &str) -> Result<String, String> {
    if id == 0 { Err(name.to_owned()) } else { Ok(format!("{name}{id}")) }
}

#[cached(key = "metrics:outside:<id>", cache = "outside", ttl = 60)]
fn outside(id: &str) -> String {
    format!("value of {id}")
}

/// Histograms are told what is new: one test at a time asks.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    static BEGIN: Once = Once::new();
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    BEGIN.call_once(|| {
        let outside = Settings::backend(Memory::new(Clock::default())).near(5).near_bytes(10_000);
        let builder =
            larder::builder().cache("default", Settings::memory().max_bytes(100_000)).cache("outside", outside);
        builder.install().expect("nobody has used a cache");
    });
    alone
}

fn published() -> Recorder {
    let recorder = Recorder::default();
    ::metrics::with_local_recorder(&recorder, metrics::publish);
    recorder
}

/// The rows of the table in the docs: what each name is, and which labels it has.
fn documented() -> BTreeMap<String, (Kind, Vec<String>)> {
    let docs = include_str!("../../src/docs/metrics.md");
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = docs.lines().filter(|line| line.starts_with("| `larder_")).map(cells);
    let rows = rows.filter(|cells| cells.len() == 6).map(|cells| {
        let labels = cells[3].split(", ").map(|label| label.trim_matches('`').to_owned()).collect();
        (cells[1].trim_matches('`').to_owned(), (Kind::named(&cells[2]), labels))
    });
    rows.collect()
}

#[test]
fn every_name_in_the_docs_is_published_with_its_labels_and_no_other_is() {
    let _alone = alone();
    name(1, MARKER).unwrap();
    outside(MARKER);
    let (recorder, documented) = (published(), documented());
    assert!(documented.len() > 40, "{}", documented.len());
    assert_eq!(recorder.shapes(), documented);
    let described: Vec<_> = recorder.described().into_iter().collect();
    assert_eq!(described, documented.iter().map(|(name, (kind, _))| (name.clone(), *kind)).collect::<Vec<_>>());
}

#[test]
fn every_name_that_a_question_of_the_docs_asks_for_is_published() {
    let _alone = alone();
    let (docs, documented) = (include_str!("../../src/docs/metrics.md"), documented());
    let questions = docs.split("# Questions").nth(1).expect("questions");
    let word = |at: usize| questions[at..].split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
    let asked: Vec<_> = questions.match_indices("larder_").map(|(at, _)| word(at)).collect();
    assert!(asked.len() > 8, "{asked:?}");
    for asked in asked {
        let name = asked.strip_suffix("_sum").or_else(|| asked.strip_suffix("_count")).unwrap_or(asked);
        assert!(documented.contains_key(name), "{asked}");
    }
}

#[test]
fn a_site_and_its_cache_publish_what_they_have_counted() {
    #[cached(key = "metrics:counted:<id>", ttl = 60)]
    fn counted(id: u64) -> Result<u64, String> {
        if id == 0 { Err("none".to_owned()) } else { Ok(id) }
    }
    let _alone = alone();
    let before = published();
    for id in [1, 2, 1, 1, 0] {
        let _ = counted(id);
    }
    larder::cache("default").unwrap().blocking().set("by hand", 1_u8, Options::forever()).unwrap();
    let after = published();
    let of_site = |what: &str| {
        let labels = [("cache", "default"), ("pattern", "metrics:counted:<id>")];
        after.value(&format!("larder_site_{what}"), &labels)
    };
    let got = ["hits_total", "misses_total", "loads_total", "failed_total", "off"].map(of_site);
    assert_eq!(got, [2, 3, 3, 1, 0]);
    let of_cache = |recorder: &Recorder, what| recorder.value(&format!("larder_cache_{what}"), &[("cache", "default")]);
    let more = |what| of_cache(&after, what) - of_cache(&before, what);
    let more = ["hits_total", "misses_total", "entries"].map(more);
    assert_eq!(more, [2, 3, 3]);
    assert!(after.value("larder_cache_bytes", &[("cache", "default")]) > 0);
}

#[test]
fn how_long_bodies_took_is_told_once() {
    #[cached(key = "metrics:slow:<id>", ttl = 60)]
    fn slow(id: u64) -> u64 {
        id
    }
    let _alone = alone();
    let labels = [("pattern", "metrics:slow:<id>")];
    assert_eq!((0..3).map(slow).sum::<u64>(), 3);
    let of = |recorder: &Recorder| recorder.times("larder_site_load_seconds", &labels);
    let first = of(&published());
    assert_eq!(first.iter().map(|(_, count)| count).sum::<usize>(), 3);
    assert!(first.iter().all(|(seconds, _)| (0.0..10.0).contains(seconds)), "{first:?}");
    assert_eq!(of(&published()), []);
    slow(3);
    assert_eq!(of(&published()).iter().map(|(_, count)| count).sum::<usize>(), 1);
}

#[test]
fn no_key_is_among_the_labels() {
    let _alone = alone();
    name(7, MARKER).unwrap();
    name(0, MARKER).unwrap_err();
    outside(MARKER);
    larder::cache("default").unwrap().blocking().get_or_load(MARKER, Options::forever(), || 1_u8);
    let recorder = published();
    assert!(recorder.text().contains("metrics:name:<id>:<name>"));
    assert!(!recorder.text().contains(MARKER), "{}", recorder.text());
}

#[test]
fn caches_of_a_test_are_its_own() {
    let _alone = alone();
    let larder = testing::isolated();
    larder.cache("of this test").blocking().get_or_load("key", Options::forever(), || 1_u8);
    assert!(!published().text().contains("of this test"));
}

#[test]
fn who_publishes_now_and_then_does_so_at_once_and_at_the_end() {
    #[cached(key = "metrics:now_and_then:<id>", ttl = 60)]
    fn now_and_then(id: u64) -> u64 {
        id
    }
    let _alone = alone();
    let recorder = Recorder::of_the_program();
    let loads = || recorder.value("larder_site_loads_total", &[("pattern", "metrics:now_and_then:<id>")]);
    let publishing = metrics::every(Duration::from_secs(3600));
    recorder.wait_until_told("larder_cache_load_seconds");
    now_and_then(1);
    now_and_then(2);
    drop(publishing);
    assert_eq!(loads(), 2);
}
