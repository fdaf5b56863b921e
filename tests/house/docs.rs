//! What the docs show is what is there.

use std::fs;

use crate::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a readable file")
}

#[test]
fn the_docs_of_the_attribute_show_how_a_function_is_expanded() {
    let whole = read("cache-macros/docs/expansion.rs");
    let wrapper = whole.split("/// The cached side of").next().expect("it begins with the function");
    assert!(wrapper.lines().count() > 5);
    assert!(read("src/docs/cached.md").contains(wrapper), "src/docs/cached.md shows another expansion");
}

#[test]
fn the_toolchain_that_is_stated_is_the_one_that_the_readme_names() {
    let manifest = read("Cargo.toml");
    let stated = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a minimum version");
    assert!(read("README.md").contains(&format!("Rust {} or later", stated.trim_matches('"'))));
}

/// Every option that the attribute knows stands in its docs, and in the table of the README.
#[test]
fn every_option_of_the_attribute_is_documented() {
    let (docs, readme) = (read("src/docs/cached.md"), read("README.md"));
    let options = [
        "key",
        "ignore",
        "ttl",
        "cache",
        "version",
        "local",
        "stale",
        "stale_if_error",
        "refresh_ahead",
        "jitter",
        "none_ttl",
        "error_ttl",
        "when",
        "ttl_with",
        "timeout",
        "strict",
        "returns",
        "companion",
        "associated",
        "crate",
    ];
    for option in options {
        assert!(docs.contains(&format!("| `{option}")), "src/docs/cached.md: `{option}`");
        assert!(
            readme.contains(&format!("`{option}")) || readme.contains(&format!("({option} = ")),
            "README.md: `{option}`"
        );
    }
}
