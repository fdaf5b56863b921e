//! Imports point down only: within `cache-core` to the floors above, and between crates as the design says.

use std::path::{Path, PathBuf};

use crate::sources;

/// The floors of a folder, ground first, as a file lists them. A floor may import itself and those before it.
struct Floors(Vec<Vec<String>>);

impl Floors {
    fn of_cache_core() -> Self {
        Self::listed("cache-core/src/lib.rs", "//! | ")
    }

    fn of_backends() -> Self {
        Self::listed("cache-backends/src/lib.rs", "//! | ")
    }

    fn of_pages() -> Self {
        Self::listed("src/page/mod.rs", "// | ")
    }

    fn of_config() -> Self {
        Self::listed("src/config/mod.rs", "// | ")
    }

    fn of_the_panel() -> Self {
        Self::listed("src/panel/mod.rs", "// | ")
    }

    fn listed(path: &str, prefix: &str) -> Self {
        let text = std::fs::read_to_string(crate::root().join(path)).expect("a list of floors");
        let rows = text.lines().filter_map(|line| line.strip_prefix(prefix)).skip(1);
        let first_cells = rows.filter_map(|row| row.split('|').next());
        Self(first_cells.map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()).collect())
    }

    fn of(&self, module: &str) -> Option<usize> {
        self.0.iter().position(|floor| floor.iter().any(|name| name == module))
    }
}

/// Returns the code of a file: no comments, and nothing of its unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let begins_tests =
        |(line, next): (&str, &str)| line == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{');
    let end = text.lines().zip(text.lines().skip(1)).position(begins_tests).unwrap_or(usize::MAX);
    text.lines().enumerate().take(end).filter(|(_, line)| !line.trim_start().starts_with("//"))
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

/// Returns the module that a file belongs to, by its name in the folder that has the floors.
fn module_of(path: &Path) -> Option<String> {
    path.components().nth(2).map(|part| part.as_os_str().to_string_lossy().replace(".rs", ""))
}

/// Returns the arrows of one file of a crate that point up. What stands on no floor may be another thing of that name.
fn arrows_up(floors: &Floors, path: &Path, text: &str) -> Vec<String> {
    let Some(own) = module_of(path).and_then(|module| floors.of(&module)) else { return vec![] };
    mentions(text, "crate::")
        .filter(|(_, target)| floors.of(target).is_some_and(|target| target > own))
        .map(|(line, target)| format!("{}:{line} imports `{target}`, which is on a higher floor", path.display()))
        .collect()
}

/// Returns the arrows of one file of a folder, by these ways to say where it is, that point up, or past the floors to what
/// is handed out of the house.
fn arrows_out(floors: &Floors, path: &Path, text: &str, roots: [&str; 2]) -> Vec<String> {
    let Some(own) = module_of(path).and_then(|module| floors.of(&module)) else { return vec![] };
    roots
        .into_iter()
        .flat_map(|root| mentions(text, root))
        .filter(|(_, target)| floors.of(target).is_none_or(|target| target > own))
        .map(|(line, target)| {
            format!("{}:{line} imports `{target}`, which is on no floor or a higher one", path.display())
        })
        .collect()
}

/// Asks that each module that a file declares, `but` for these, stands on a floor; and that they `are_many`, so that the test
/// looks where they are declared.
fn assert_all_stand(floors: &Floors, path: &str, but: &[&str], are_many: impl Fn(usize) -> bool) {
    let text = std::fs::read_to_string(crate::root().join(path)).expect("a file that declares modules");
    let modules: Vec<_> = mentions(&text, "mod ").filter(|(_, module)| !but.contains(module)).collect();
    assert!(are_many(modules.len()), "{path}: they are declared where this test looks for them");
    for (line, module) in modules {
        assert!(floors.of(module).is_some(), "{path}:{line}: `{module}` stands on no floor");
    }
}

#[test]
fn no_arrow_in_cache_core_points_up() {
    let files = sources("cache-core/src");
    assert!(files.len() > 20, "the files are where this test looks for them");
    let floors = Floors::of_cache_core();
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up(&floors, path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_cache_core_stands_on_a_floor() {
    assert_all_stand(&Floors::of_cache_core(), "cache-core/src/lib.rs", &[], |modules| modules > 15);
}

/// Returns the arrows of one file of `cache-backends` that point up, or from one store to another.
fn arrows_up_in_backends(floors: &Floors, path: &Path, text: &str) -> Vec<String> {
    let module = module_of(path);
    let top = floors.0.len() - 1;
    let is_another_store =
        |target: &str| floors.of(target) == Some(top) && module.as_deref().is_some_and(|module| module != target);
    let aside = mentions(text, "crate::").filter(|(_, target)| is_another_store(target));
    let aside = aside.map(|(line, target)| format!("{}:{line} imports the store `{target}`", path.display()));
    arrows_up(floors, path, text).into_iter().chain(aside).collect()
}

#[test]
fn no_arrow_in_backends_points_up_or_from_store_to_store() {
    let files: Vec<_> = sources("cache-backends/src").into_iter().filter(is_no_test).collect();
    assert!(files.len() > 50, "the files are where this test looks for them");
    let floors = Floors::of_backends();
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up_in_backends(&floors, path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_backends_stands_on_a_floor() {
    assert_all_stand(&Floors::of_backends(), "cache-backends/src/lib.rs", &[], |modules| modules > 8);
}

#[test]
fn an_arrow_of_a_store_that_points_up_or_aside_is_seen() {
    let floors = Floors::of_backends();
    let up = |path: &str, text: &str| arrows_up_in_backends(&floors, Path::new(path), text).len();
    assert_eq!(up("cache-backends/src/sqlite/client.rs", "use crate::database::Table;\nuse crate::sqlite::Config;"), 0);
    assert_eq!(up("cache-backends/src/database/backend.rs", "use crate::server::Link;"), 1);
    assert_eq!(up("cache-backends/src/sqlite/client.rs", "use crate::file::Config;"), 1);
}

/// Returns the arrows of one file of `src/page` that point up, or past the floors to what is handed out of the house.
fn arrows_up_in_pages(floors: &Floors, path: &Path, text: &str) -> Vec<String> {
    let is_below = path.components().count() > 3 && !path.ends_with("mod.rs");
    let above = if is_below { "super::super::" } else { "use super::" };
    arrows_out(floors, path, text, ["crate::page::", above])
}

fn is_no_test((path, _): &(PathBuf, String)) -> bool {
    path.components().all(|part| part.as_os_str() != "tests" && part.as_os_str() != "tests.rs")
}

#[test]
fn no_arrow_in_pages_points_up() {
    let files: Vec<_> = sources("src/page").into_iter().filter(is_no_test).collect();
    assert!(files.len() > 50, "the files are where this test looks for them");
    let floors = Floors::of_pages();
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up_in_pages(&floors, path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_pages_stands_on_a_floor() {
    let handed_out = ["conformance", "django", "order"];
    assert_all_stand(&Floors::of_pages(), "src/page/mod.rs", &handed_out, |modules| modules > 20);
}

/// Returns the arrows of one file of `src/config` that point up, or to what is handed out of the house.
fn arrows_up_in_config(floors: &Floors, path: &Path, text: &str) -> Vec<String> {
    arrows_out(floors, path, text, ["crate::config::", "super::"])
}

#[test]
fn no_arrow_in_the_configuration_points_up() {
    let files = sources("src/config");
    assert!(files.len() > 15, "the files are where this test looks for them");
    let floors = Floors::of_config();
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up_in_config(&floors, path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_the_configuration_stands_on_a_floor() {
    let files = sources("src/config").len();
    assert_all_stand(&Floors::of_config(), "src/config/mod.rs", &[], |modules| modules == files - 1);
}

#[test]
fn an_arrow_of_the_configuration_that_points_up_is_seen() {
    let floors = Floors::of_config();
    let up = |path: &str, text: &str| arrows_up_in_config(&floors, Path::new(path), text).len();
    assert_eq!(up("src/config/draft.rs", "use super::word::Word;\n// use super::stores::Stores;"), 0);
    assert_eq!(up("src/config/draft.rs", "use super::stores::Stores;\nlet x = super::resolve::resolve();"), 2);
    assert_eq!(up("src/config/draft.rs", "use crate::config::Builder;"), 1);
}

/// Returns the arrows of one file of `src/panel` that point up, or to what is handed out of the house.
fn arrows_up_in_the_panel(floors: &Floors, path: &Path, text: &str) -> Vec<String> {
    arrows_out(floors, path, text, ["crate::panel::", "use super::"])
}

#[test]
fn no_arrow_in_the_panel_points_up() {
    let files = sources("src/panel");
    assert!(files.len() > 12, "the files are where this test looks for them");
    let floors = Floors::of_the_panel();
    let up: Vec<_> = files.iter().flat_map(|(path, text)| arrows_up_in_the_panel(&floors, path, text)).collect();
    assert!(up.is_empty(), "{}", up.join("\n"));
}

#[test]
fn every_module_of_the_panel_stands_on_a_floor() {
    let files = sources("src/panel").len();
    assert_all_stand(&Floors::of_the_panel(), "src/panel/mod.rs", &[], |modules| modules == files - 1);
}

#[test]
fn an_arrow_of_the_panel_that_points_up_is_seen() {
    let floors = Floors::of_the_panel();
    let up = |path: &str, text: &str| arrows_up_in_the_panel(&floors, Path::new(path), text).len();
    assert_eq!(up("src/panel/desk.rs", "use super::mount::Panel;\n// use super::service::PanelBody;"), 0);
    assert_eq!(up("src/panel/answer.rs", "use super::desk;\nuse crate::panel::Panel;"), 2);
}

#[test]
fn an_arrow_of_a_page_that_points_up_is_seen() {
    let floors = Floors::of_pages();
    let up = |path: &str, text: &str| arrows_up_in_pages(&floors, Path::new(path), text).len();
    assert_eq!(up("src/page/policy/keep.rs", "use super::fresh;\nuse crate::page::grammar::date;"), 0);
    assert_eq!(up("src/page/answer.rs", "use super::site::Site;\n// use super::layer::CacheLayer;"), 0);
    assert_eq!(up("src/page/policy/keep.rs", "use crate::page::site::Site;\nuse super::super::record::Page;"), 2);
    assert_eq!(up("src/page/policy/mod.rs", "use super::record::Page;"), 1);
    assert_eq!(up("src/page/hole.rs", "use super::CacheLayer;"), 1);
}

#[test]
fn an_arrow_that_points_up_is_seen() {
    let (floors, path) = (Floors::of_cache_core(), Path::new("cache-core/src/policy/options.rs"));
    assert_eq!(arrows_up(&floors, path, "use crate::clock::Tick;"), [] as [&str; 0]);
    assert_eq!(arrows_up(&floors, path, "// use crate::cache::Cache;"), [] as [&str; 0]);
    assert_eq!(arrows_up(&floors, path, "#[cfg(test)]\nmod tests {\nuse crate::cache::Cache;"), [] as [&str; 0]);
    let up = "cache-core/src/policy/options.rs:3 imports `cache`, which is on a higher floor";
    for text in ["\n\nuse crate::cache::Cache;", "#[cfg(test)]\nmod tests;\npub use crate::cache::Cache;"] {
        assert_eq!(arrows_up(&floors, path, text), [up]);
    }
}

/// Fails where a file below `folder` names one of the crates in `forbidden`, whether in a `use` or in a path.
fn imports_none_of(folder: &str, forbidden: &[&str]) {
    for (path, text) in sources(folder) {
        for name in forbidden {
            let names_it = |line: &str| {
                let words = [format!("{name}::"), format!("use {name};"), format!("use {name} ")];
                words.iter().any(|word| line.match_indices(word).any(|(at, _)| stands_alone(line, at)))
            };
            let found = code(&text).find(|(_, line)| names_it(line));
            assert!(found.is_none(), "{}: `{}`", path.display(), found.unwrap_or_default().1);
        }
    }
}

/// Returns whether a word at this place begins there, and is neither part of a longer path nor of a text.
fn stands_alone(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let is_text = line[..at].matches('"').count() % 2 == 1;
    !is_text && before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '#' | '`'))
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
