//! Django's page cache beside this one: each scenario that was recorded there is answered alike, or named in a table with
//! the line of `src/docs/pages_django.md` that says why not.

mod around;
mod condition;
mod session;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use crate::django::others::OTHERS;
use crate::django::scenario::{Goldens, Scenario};
use site::{Seen, Site};

/// What Larder shows where it differs, by the step and by the name of what differs.
type Differences = BTreeMap<(usize, String), String>;

/// What stands for a value that is not there.
const ABSENT: &str = "-";

fn differences(scenario: &Scenario) -> Differences {
    assert_eq!(scenario.steps.len(), scenario.expected.len(), "{}", scenario.name);
    let mut site = Site::new(scenario);
    let mut all = Differences::new();
    for (at, (step, answer)) in scenario.steps.iter().zip(&scenario.expected).enumerate() {
        let ours = site.take(step);
        let theirs = if answer["op"].is_null() { site.expected(answer) } else { Seen::new() };
        let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        for name in names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name)) {
            all.insert((at, (*name).to_owned()), ours.get(name).map_or(ABSENT, String::as_str).to_owned());
        }
    }
    all
}

/// Returns what the table says of a scenario.
fn named(scenario: &str) -> Differences {
    let mut all = Differences::new();
    for (steps, seen) in OTHERS.iter().filter(|other| other.scenario == scenario).flat_map(|other| other.seen) {
        for (step, cell) in steps.clone().flat_map(|step| seen.split(" | ").map(move |cell| (step, cell))) {
            let (name, value) = cell.split_once(": ").expect("a name and a value");
            let before = all.insert((step, name.to_owned()), value.to_owned());
            assert_eq!(before, None, "{scenario}: {name} of step {step} stands in the table twice");
        }
    }
    all
}

#[test]
fn each_scenario_of_django_is_answered_alike_but_for_what_is_named() {
    for scenario in Goldens::read().scenarios {
        let found = differences(&scenario);
        let named = named(&scenario.name);
        assert!(found == named, "{}: named are {named:#?}, and seen were {found:#?}", scenario.name);
    }
}

#[test]
fn all_scenarios_are_there_and_the_table_names_no_other() {
    let scenarios = Goldens::read().scenarios;
    let names: BTreeSet<_> = scenarios.iter().map(|scenario| &*scenario.name).collect();
    assert_eq!((scenarios.len(), names.len()), (68, 68));
    let unknown: Vec<_> = OTHERS.iter().map(|other| other.scenario).filter(|name| !names.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn whatever_is_answered_otherwise_than_by_django_stands_in_the_docs() {
    let docs = include_str!("../../../src/docs/pages_django.md");
    for other in OTHERS {
        assert!(docs.contains(&format!("\n| {} |", other.why)), "the docs do not tell of `{}`", other.why);
    }
}

#[test]
fn where_security_is_at_stake_nothing_differs_but_how_a_name_is_spelt() {
    let scenarios = Goldens::read().scenarios;
    let secure: Vec<_> = scenarios.iter().filter(|scenario| scenario.class == "security").collect();
    assert_eq!(secure.len(), 2);
    for scenario in secure {
        for ((step, name), ours) in differences(scenario) {
            assert_eq!(name, "Vary", "{}", scenario.name);
            let theirs = scenario.expected[step]["headers"]["Vary"].as_str();
            assert!(theirs.is_some_and(|theirs| theirs.eq_ignore_ascii_case(&ours)), "{}", scenario.name);
        }
    }
}
