//! Django's caches beside ours: each scenario that was recorded there is answered alike, or stands in a table in the docs
//! that says why not.

mod fragment;
mod play;

use std::collections::{BTreeMap, BTreeSet};

use larder::Error;
use play::Play;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::stores::Store;

crate::tests!(|kind| ["memory", "bytes", "file", "sqlite", "redis", "redis_cluster", "memcached"].contains(&kind.name) =>
    each_scenario_of_django_is_answered_alike_but_for_what_the_docs_name,
);
crate::tests_of_docs!(the_docs_name_each_scenario_that_is_answered_otherwise_once_and_say_why);

/// What was recorded; how to read it stands in its `meta`.
#[derive(Deserialize)]
struct Recorded {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
pub struct Scenario {
    pub name: String,
    pub caches: BTreeMap<String, Map<String, Value>>,
    steps: Vec<Step>,
    expected: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
pub struct Step {
    pub op: String,
    #[serde(default)]
    pub args: Vec<Value>,
    #[serde(default)]
    pub kw: Map<String, Value>,
    pub cache: Option<String>,
    pub s: Option<f64>,
}

/// What an operation came to, as a text: the value, or that it was an error, or could not be written down at all.
type Answer = String;

/// What is answered otherwise: in which scenario, at which step, and what we say there.
const OTHERS: &[(&str, usize, &str)] = &[
    ("clear_ignores_prefix", 3, "1"),
    ("config_defaults", 0, "cannot be asked"),
    ("delete_expired", 2, "false"),
    ("fragment_invalidate", 1, r#""fragment:side:ann""#),
    ("fragment_timeout_float", 2, r#""1""#),
    ("get_or_set_missing_default", 0, "cannot be written"),
    ("incr_float_delta", 1, "cannot be written"),
    ("incr_float_delta", 2, "1"),
    ("incr_overflow_64", 1, "an error"),
    ("incr_overflow_64", 2, "9223372036854775807"),
    ("prefix_ambiguity", 0, r#""a%3A1:1:k""#),
    ("timeout_configured_none", 0, "cannot be asked"),
    ("timeout_string", 0, "cannot be written"),
    ("unpicklable_value", 0, "cannot be written"),
    ("unpicklable_value", 1, "cannot be written"),
];

/// The same in the memory of a process, where each cache has a store of its own, and bounds are kept to the entry.
const OTHERS_IN_MEMORY: &[(&str, usize, &str)] = &[
    ("cull_db_alphabetical", 6, r#"["vv","xx","yy","zz"]"#),
    ("cull_frequency_negative", 1, "30"),
    ("cull_frequency_zero", 1, "30"),
    ("cull_lru_set", 14, "9"),
    ("cull_overwrite_evicts", 4, r#"["a","b","c"]"#),
    ("version_alias_2", 2, "null"),
    ("version_alias_2", 4, "null"),
];

/// Returns what is answered otherwise by a store, whether it is memory or not.
fn others(is_memory: bool) -> impl Iterator<Item = &'static (&'static str, usize, &'static str)> {
    OTHERS.iter().chain(OTHERS_IN_MEMORY.iter().filter(move |_| is_memory))
}

fn recorded() -> Vec<Scenario> {
    let text = include_str!("django/lowlevel.json");
    serde_json::from_str::<Recorded>(text).expect("what was recorded").scenarios
}

/// Returns what was answered there, without the words of errors and warnings: those of one store where they differ.
fn theirs(scenario: &Scenario, store: &str) -> Vec<Answer> {
    let like = match store {
        "file" => ["all", "file", "locmem"],
        "sqlite" => ["all", "db", "locmem"],
        _ => ["all", "locmem", "locmem"],
    };
    let answers = like.iter().find_map(|name| scenario.expected.get(*name)).expect("an answer");
    answers.iter().map(their_answer).collect()
}

fn their_answer(answer: &Value) -> Answer {
    match (answer.get("ok"), answer.get("err")) {
        (Some(value), _) => value.to_string(),
        (None, Some(_)) => play::ERROR.to_owned(),
        // Time went by.
        (None, None) => Value::Null.to_string(),
    }
}

/// Bounds are kept by each store in its own time: to the entry only in memory.
fn is_about_bounds(scenario: &Scenario) -> bool {
    scenario.caches.values().any(|options| options.contains_key("OPTIONS"))
}

/// Asks whether a scenario is about a value of two megabytes, which not every store takes.
fn is_too_large(scenario: &Scenario, store: &Store) -> bool {
    scenario.name == "large_value_2MB" && store.claims().is_some_and(|claims| !claims.takes(2 << 20))
}

fn each_scenario_of_django_is_answered_alike_but_for_what_the_docs_name(store: &Store) -> Result<(), Error> {
    let is_memory = store.kind.name == "memory";
    let owned = |(name, at, ours): &(&str, usize, &str)| ((*name).to_owned(), *at, (*ours).to_owned());
    let named: BTreeSet<_> = others(is_memory).map(owned).collect();
    let mut found = BTreeSet::new();
    for scenario in recorded() {
        if (is_about_bounds(&scenario) && !is_memory) || is_too_large(&scenario, store) {
            continue;
        }
        let own = store.kind.open().expect("another store of its kind");
        let mut play = Play::begin(&scenario, &own)?;
        for (at, (step, theirs)) in scenario.steps.iter().zip(theirs(&scenario, store.kind.name)).enumerate() {
            let ours = play.take(step);
            if ours != theirs {
                found.insert((scenario.name.clone(), at, ours));
            }
        }
    }
    let unnamed: Vec<_> = found.difference(&named).collect();
    let alike: Vec<_> = named.difference(&found).collect();
    assert!(unnamed.is_empty() && alike.is_empty(), "not in the table: {unnamed:#?}\nnot otherwise: {alike:#?}");
    Ok(())
}

fn the_docs_name_each_scenario_that_is_answered_otherwise_once_and_say_why() {
    let docs = include_str!("../../src/docs/stores.md");
    let part = docs.split("# Beside Django's caches").nth(1).expect("a part about Django");
    let part = part.split("\n# ").next().unwrap_or_default();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    let mut told = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "scenario, Django, Larder, why: {row}");
        told.extend(cells[0].split('`').skip(1).step_by(2));
    }
    let once: BTreeSet<_> = told.iter().copied().collect();
    let otherwise: BTreeSet<_> = others(true).map(|(name, ..)| *name).collect();
    assert_eq!((told.len(), once), (otherwise.len(), otherwise.clone()));
    assert_eq!(recorded().len(), 59);
}
