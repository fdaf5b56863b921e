//! A configuration that lies there, and that the program has not read.

use std::sync::atomic::Ordering;

use super::IS_INSTALLED;

/// The file that is read where no other one is named.
const FILE: &str = "larder.toml";

/// Says what describes the caches of this program and was not read, where it has not installed any.
pub(super) fn by_the_program() -> Option<String> {
    if IS_INSTALLED.load(Ordering::Acquire) {
        return None;
    }
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    // Under miri no file is asked for: a test there has none.
    unread(names, !cfg!(miri) && std::path::Path::new(FILE).is_file())
}

fn unread(variables: impl Iterator<Item = String>, has_file: bool) -> Option<String> {
    let describes = |name: &String| {
        matches!(name.as_str(), "LARDER_CONFIG" | "LARDER_URL" | "LARDER_TTL" | "LARDER_VERSION")
            || name.starts_with("LARDER_CACHES__")
    };
    let variable = variables.filter(describes).min();
    let what = variable.or_else(|| has_file.then(|| FILE.to_owned()))?;
    Some(format!("{what} describes caches, and this program has not read it: call `larder::init()` when it starts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(variables: &[&str], has_file: bool) -> Option<String> {
        unread(variables.iter().map(|name| (*name).to_owned()), has_file)
    }

    #[test]
    fn a_configuration_that_nobody_has_read_is_named() {
        for (variables, has_file, what) in [
            (&["PATH"][..], true, "larder.toml describes caches"),
            (&["LARDER_URL", "LARDER_CONFIG"], true, "LARDER_CONFIG describes caches"),
            (&["LARDER_CACHES__SESSIONS__URL"], false, "LARDER_CACHES__SESSIONS__URL describes caches"),
        ] {
            let sentence = said(variables, has_file).unwrap();
            assert!(sentence.starts_with(what) && sentence.contains("call `larder::init()`"), "{sentence}");
        }
        assert_eq!(said(&["PATH", "LARDER_OFF", "LARDER_REQUIRE_SERVERS", "LARDER_SERVICE_HOST"], false), None);
    }
}
