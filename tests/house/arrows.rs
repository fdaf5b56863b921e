//! Imports point down only: within `cache-core` to the floors above, and between crates as the design says.

use std::path::Path;

use crate::sources;

/// The floors of `cache-core`, ground first. A floor may import itself and those before it.
const FLOORS: &[&[&str]] = &[
    &["error", "clock", "executor", "stats", "tally"],
    &["key", "codec", "record", "value"],
    &["policy"],
    &["backend"],
    &["store", "flight"],
    &["entry", "cache"],
    &["registry"],
    &["testing", "__private"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Returns the code of a file: no comments, and nothing from its unit tests on.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Returns the words that follow `after` in the code of a file, with their line numbers.
fn mentions<'a>(text: &'a str, after: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    code(text).flat_map(move |(number, line)| {
        line.match_indices(after).map(move |(at, _)| {
            let rest = &line[at + after.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (number + 1, &rest[..end])
        })
    })
}

/// Returns the arrows of one file of `cache-core` that point up.
fn arrows_up(path: &Path, text: &str) -> Vec<String> {
    let module = path.components().nth(2).map(|part| part.as_os_str().to_string_lossy().replace(".rs", ""));
    let Some(own) = module.as_deref().and_then(floor) else { return vec![] };
    mentions(text, "crate::")
        .filter(|(_, target)| floor(target).is_some_and(|target| target > own))
        .map(|(line, target)| format!("{}:{line} imports `{target}`, which is on a higher floor", path.display()))
        .collect()
}

#[test]
fn no_arrow_in_cache_core_points_up() {
    let files = sources("cache-core/src");
    assert!(files.len() > 20, "the files are where this test looks for them");
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up(path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_cache_core_stands_on_a_floor() {
    let lib = sources("cache-core/src").into_iter().find(|(path, _)| path.ends_with("src/lib.rs")).expect("a lib.rs");
    for (line, module) in mentions(&lib.1, "pub mod ") {
        assert!(floor(module).is_some(), "lib.rs:{line}: `{module}` stands on no floor");
    }
}

#[test]
fn an_arrow_that_points_up_is_seen() {
    let path = Path::new("cache-core/src/policy.rs");
    assert_eq!(arrows_up(path, "use crate::clock::Tick;"), [] as [&str; 0]);
    assert_eq!(arrows_up(path, "// use crate::cache::Cache;"), [] as [&str; 0]);
    let up = arrows_up(path, "\nuse crate::cache::Cache;");
    assert_eq!(up, ["cache-core/src/policy.rs:2 imports `cache`, which is on a higher floor"]);
}

/// Fails where a file below `folder` names one of the crates in `forbidden`.
fn imports_none_of(folder: &str, forbidden: &[&str]) {
    for (path, text) in sources(folder) {
        for name in forbidden {
            let import = format!("use {name}");
            let found = code(&text).find(|(_, line)| line.trim_start().starts_with(&import));
            assert!(found.is_none(), "{}: `{}`", path.display(), found.unwrap_or_default().1);
        }
    }
}

#[test]
fn crates_import_each_other_as_the_design_says() {
    imports_none_of("cache-core/src", &["larder", "cache_macros", "cache_backends"]);
    imports_none_of("cache-macros/src", &["larder", "cache_core", "cache_backends"]);
    imports_none_of("cache-backends/src", &["larder", "cache_macros"]);
    for users in ["examples", "tests"] {
        imports_none_of(users, &["cache_core", "cache_macros", "cache_backends"]);
    }
}

/// The attributes know syntax only: whatever else they depended on would be built for every user, and again.
#[test]
fn the_macros_depend_on_nothing_but_syntax() {
    let manifest = std::fs::read_to_string(crate::root().join("cache-macros/Cargo.toml")).expect("a manifest");
    let section =
        manifest.split("[dependencies]").nth(1).expect("dependencies").split("\n[").next().unwrap_or_default();
    let names: Vec<_> =
        section.lines().filter_map(|line| line.split([' ', '=', '.']).next()).filter(|n| !n.is_empty()).collect();
    assert_eq!(names, ["proc-macro2", "quote", "syn"]);
}
