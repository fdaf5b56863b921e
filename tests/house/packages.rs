//! What the crates say of themselves where they are published, and what they bring along.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::root;

/// The crates that are published.
const CRATES: [&str; 4] = ["", "cache-core", "cache-macros", "cache-backends"];

fn manifest(folder: &str) -> String {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest")
}

/// Returns every manifest of the workspace, with where it is.
fn manifests() -> Vec<(String, String)> {
    let workspace = manifest("");
    let members = workspace.split_once("members = [").and_then(|(_, rest)| rest.split_once(']')).expect("members").0;
    let members = members.split('"').skip(1).step_by(2);
    members.chain([""]).map(|folder| (folder.to_owned(), manifest(folder))).collect()
}

#[test]
fn each_published_crate_forbids_unsafe_code_and_all_state_one_minimum_version() {
    let workspace = manifest("");
    assert!(workspace.contains("\nunsafe_code = \"forbid\"\n"), "the lints of the workspace forbid it");
    let minimum = workspace.lines().find(|line| line.starts_with("rust-version = ")).expect("a minimum version");
    assert!(minimum.contains(&format!("\"{}\"", env!("CARGO_PKG_RUST_VERSION"))), "{minimum}");
    let manifests = manifests();
    assert!(manifests.len() > CRATES.len(), "{}", manifests.len());
    for (folder, manifest) in manifests {
        let states = manifest.contains("\nrust-version.workspace = true\n");
        assert!(states, "{folder}/Cargo.toml states another version of Rust than `{minimum}`, or none");
        let forbids = manifest.contains("[lints]\nworkspace = true") || !CRATES.contains(&&*folder);
        assert!(forbids, "{folder}/Cargo.toml lets `unsafe` code in");
    }
}

#[test]
fn what_is_published_says_what_it_is_and_has_its_licences_with_it() {
    for folder in CRATES {
        let manifest = manifest(folder);
        for word in ["description", "license", "categories", "keywords", "documentation", "readme", "include"] {
            let is_said = manifest.lines().any(|line| line.starts_with(word));
            assert!(is_said, "{folder}/Cargo.toml has no `{word}`");
        }
        for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
            let text = fs::read_to_string(root().join(folder).join(file)).unwrap_or_default();
            let is_there = if file == "README.md" { text.len() > 100 } else { text == licence(file) };
            assert!(is_there, "{folder}/{file} goes with the crate");
        }
    }
}

fn licence(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect("a licence")
}

/// Licences that ask for no more than to be named, as they are written in the manifests of dependencies.
const PERMISSIVE: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Returns whether a choice of licences, as SPDX has it, leaves a permissive one: `OR` is a choice, `AND` is none.
fn is_permissive(licence: &str) -> bool {
    let plain = licence.replace(['(', ')'], "").replace('/', " OR ");
    // Where both stand in one, all of it has to be.
    let is_one = |one: &str| PERMISSIVE.contains(&one.trim());
    if plain.contains(" AND ") {
        return plain.split(" AND ").flat_map(|all| all.split(" OR ")).all(is_one);
    }
    plain.split(" OR ").any(is_one)
}

#[test]
fn a_licence_is_permissive_if_one_may_be_chosen_or_all_are() {
    for licence in ["MIT", "MIT/Apache-2.0", "LGPL-2.1-or-later OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_permissive(licence), "{licence}");
    }
    for licence in ["GPL-3.0", "MIT AND MPL-2.0", "LGPL-2.1-or-later", "", "(MIT OR GPL-3.0) AND Zlib"] {
        assert!(!is_permissive(licence), "{licence}");
    }
}

/// Returns what a program is built from that has all features of larder, without what is for tests alone, as far as it
/// is for the platform that tests run on.
fn dependencies() -> Vec<Value> {
    let host = said("rustc", &["-vV"]).lines().find_map(|line| Some(line.strip_prefix("host: ")?.to_owned()));
    let host = host.expect("a platform");
    let arguments = ["metadata", "--format-version=1", "--locked", "--all-features", "--filter-platform", &host];
    let all: Value = serde_json::from_str(&said(env!("CARGO"), &arguments)).expect("JSON");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let (packages, nodes) = (list(&all["packages"]), list(&all["resolve"]["nodes"]));
    let ours: Vec<_> = packages.iter().filter(|package| package["source"].is_null() && is_published(package)).collect();
    assert_eq!(ours.len(), CRATES.len(), "{ours:#?}");
    let mut open: Vec<_> = ours.iter().map(|package| package["id"].clone()).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id.to_string()) {
            let node = nodes.iter().find(|node| node["id"] == id).expect("a package");
            open.extend(list(&node["deps"]).iter().filter(|dep| is_needed(dep)).map(|dep| dep["pkg"].clone()));
        }
    }
    packages.into_iter().filter(|package| found.contains(&package["id"].to_string())).collect()
}

/// Returns what a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("it can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

/// Returns whether a program that uses the crate needs this, and not its tests alone.
fn is_needed(dep: &Value) -> bool {
    dep["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] != "dev"))
}

#[test]
fn the_licence_of_every_dependency_is_permissive() {
    let all = dependencies();
    assert!(all.len() > 100, "{}", all.len());
    let licence = |package: &Value| package["license"].as_str().unwrap_or_default().to_owned();
    let others: Vec<_> = all
        .iter()
        .filter(|package| !is_permissive(&licence(package)))
        .map(|package| format!("{}: {:?}", package["name"], licence(package)))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}
