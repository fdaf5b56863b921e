//! What the docs show is what is there.

use std::fs;

use crate::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a readable file")
}

#[test]
fn the_toolchain_that_is_stated_is_the_one_that_the_readme_names() {
    let manifest = read("Cargo.toml");
    let stated = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a minimum version");
    assert!(read("README.md").contains(&format!("Rust {} or later", stated.trim_matches('"'))));
}

#[test]
fn every_file_that_the_readme_points_to_is_there() {
    let readme = read("README.md");
    let targets = readme.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let files: Vec<_> = targets.filter(|target| !target.is_empty() && !target.contains("://")).collect();
    assert!(files.contains(&"src/docs/stores.md"), "{files:?}");
    let missing: Vec<_> = files.into_iter().filter(|file| !root().join(file).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Returns the lines of the code in the README, without comments and the `use` lines that differ from file to file.
fn code_of_the_readme(readme: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in readme.lines() {
        match line {
            "```rust" => inside = true,
            "```" => inside = false,
            _ if inside => lines.push(without_comment(line)),
            _ => {}
        }
    }
    lines.retain(|line| line.len() > 3 && !line.starts_with("use "));
    lines
}

fn without_comment(line: &str) -> String {
    line.split("//").next().unwrap_or_default().trim().to_owned()
}

#[test]
fn the_code_of_the_readme_is_code_that_is_tested() {
    let tests = ["macros", "page", "page/on_actix"].map(|folder| read(&format!("tests/{folder}/readme.rs"))).concat();
    let tested: Vec<_> = tests.lines().map(without_comment).collect();
    let readme = code_of_the_readme(&read("README.md"));
    assert!(readme.len() > 30, "the README shows code: {}", readme.len());
    let allowed = ["#[test]", "fn every_cached_function_has_a_home() {", "profile::get(42).await;"];
    let missing: Vec<_> =
        readme.iter().filter(|line| !tested.contains(line) && !allowed.contains(&line.as_str())).collect();
    assert!(missing.is_empty(), "the README shows code that nobody tests: {missing:#?}");
}

#[test]
fn every_fault_in_the_docs_is_one_that_a_test_drives() {
    let tests: String =
        ["redis", "memcached", "apart", "load"].map(|of| read(&format!("tests/backends/faults/{of}.rs"))).concat();
    let docs = read("src/docs/outages.md");
    let rows = docs.lines().filter(|line| line.starts_with("| Redis") || line.starts_with("| Memcached"));
    let faults: Vec<_> = rows.filter_map(|row| row.split(" | ").nth(1)).collect();
    let calls = tests.matches(".seen.row(").count();
    assert!(
        faults.len() > calls,
        "a row for each fault, of which one is driven in two ways: {} of {calls}",
        faults.len()
    );
    let missing: Vec<_> = faults.into_iter().filter(|fault| !tests.contains(&format!("\"{fault}\""))).collect();
    assert!(missing.is_empty(), "no test tells these rows: {missing:#?}");
}

#[test]
fn every_pattern_of_the_example_is_on_its_page_and_in_a_test() {
    let tests = read("tests/engine/patterns.rs") + &read("tests/page/patterns.rs");
    let page = read("src/docs/patterns.md");
    let files = fs::read_dir(root().join("examples/patterns")).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a plain name"));
    let patterns: Vec<_> = names.filter(|name| name != "main.rs" && name != "db.rs").collect();
    assert!(patterns.len() >= 10, "{patterns:?}");
    for name in patterns {
        assert!(page.contains(&format!("| `{name}` |")), "src/docs/patterns.md does not name {name}");
        assert!(tests.contains(&format!("examples/patterns/{name}\"]")), "no test includes {name}");
    }
}

/// Returns what stands between backticks in the first column of a table's rows.
fn first_cells(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next())
}

/// Returns a part of a page, by its heading.
fn part<'a>(page: &'a str, heading: &str) -> &'a str {
    let below = page.split(&format!("# {heading}\n")).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
    below.split("\n# ").next().unwrap_or_default()
}

#[test]
fn every_line_of_the_log_that_the_page_on_operating_names_is_written_somewhere() {
    let page = read("src/docs/operating.md");
    let sources: String = ["src", "cache-core/src", "cache-backends/src"]
        .into_iter()
        .flat_map(crate::sources)
        .map(|(_, text)| text)
        .collect();
    let lines: Vec<_> = first_cells(part(&page, "The store is down")).collect();
    assert!(lines.len() >= 4, "{lines:?}");
    let missing: Vec<_> = lines.into_iter().filter(|line| !sources.contains(line)).collect();
    assert!(missing.is_empty(), "nobody writes these: {missing:#?}");
}

#[test]
fn every_figure_and_every_verb_that_the_page_on_operating_names_is_there() {
    let (page, metrics, verbs) =
        (read("src/docs/operating.md"), read("src/docs/metrics.md"), read("src/docs/command_line.md"));
    let figures: Vec<_> = page.split('`').skip(1).step_by(2).filter(|word| word.starts_with("larder_")).collect();
    assert!(figures.len() >= 6, "{figures:?}");
    let known: Vec<_> = first_cells(&metrics).collect();
    assert!(figures.iter().all(|figure| known.contains(figure)), "{figures:?}");
    let commands = page.lines().chain(page.split('`')).filter_map(|line| line.strip_prefix("larder "));
    let commands: Vec<_> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for verb in commands {
        let is_a_row = |cell: &str| cell.split_whitespace().next() == Some(verb);
        assert!(first_cells(&verbs).any(is_a_row), "`larder {verb}`");
    }
}

/// Returns the variants of an enum that derives nothing from others, but for those that hold reasons of another one.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let (_, after) = source.split_once(&format!("pub enum {name} {{")).expect("an enum");
    let (body, _) = after.split_once("\n}").expect("its end");
    let names = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = names.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    names.filter_map(|line| line.split(|sign: char| !sign.is_alphanumeric()).next()).collect()
}

#[test]
fn each_reason_that_explain_gives_stands_in_its_tables() {
    let docs = read("src/docs/explain.md");
    let mut count = 0;
    for (file, enums) in [
        ("found", &["Found", "Miss", "Unasked"][..]),
        ("done", &["Done", "Alone", "WhyStale"]),
        ("kept", &["NotKept"]),
        ("page", &["Pass", "Unusable", "Refusal"]),
    ] {
        let source = read(&format!("cache-core/src/explain/{file}.rs"));
        for name in enums {
            let all = variants(&source, name);
            assert!(all.len() > 3, "{name}: {all:?}");
            // Those that hold others, and one that says that nobody knows.
            let plain = all.into_iter().filter(|variant| !["Miss", "Unasked", "Page", "Unknown"].contains(variant));
            for variant in plain {
                count += 1;
                let is_told = [format!("`{variant}`"), format!("::{variant}`"), format!("({variant})")];
                assert!(
                    is_told.iter().any(|told| docs.contains(told)),
                    "{name}::{variant} is in no table of explain.md"
                );
            }
        }
    }
    assert!(count > 60, "{count}");
}

/// Returns what stands in a page between the lines that a measurement is written between.
fn measured_in_short(page: &str) -> &str {
    let (_, after) = page.split_once("<!-- measured: in short -->\n").expect("a place for it");
    after.split_once("<!-- end of what was measured -->").expect("its end").0
}

#[test]
fn the_readme_and_the_docs_show_one_table_of_what_was_measured() {
    let (readme, docs) = (read("README.md"), read("src/docs/measured.md"));
    assert_eq!(measured_in_short(&readme), measured_in_short(&docs));
    let lines: Vec<_> = measured_in_short(&readme).lines().filter(|line| line.starts_with('|')).collect();
    let is_told = |what: &str| lines.iter().any(|line| line.starts_with(&format!("| {what}")));
    for what in ["a hit", "64 tasks, one cold key", "a page, by attribute", "200 attributes: `cargo check`"] {
        assert!(is_told(what), "{what}: {lines:#?}");
    }
}
