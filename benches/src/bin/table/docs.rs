//! Where the docs show what was measured: between two lines that no reader sees.

use std::fs;
use std::path::Path;

const END: &str = "<!-- end of what was measured -->";

fn begin(name: &str) -> String {
    format!("<!-- measured: {name} -->")
}

/// Puts a text between the lines of its name.
pub fn put(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = begin(name);
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{}\n{END}{after}", text.trim_matches('\n')))
}

/// Returns what stands between the lines of a name.
pub fn take(page: &str, name: &str) -> Option<String> {
    let (text, _) = page.split_once(&begin(name))?.1.split_once(END)?;
    Some(text.to_owned())
}

/// Writes texts into a file, each between the lines of its name.
pub fn write(path: &Path, texts: &[(&str, String)]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut page = fs::read_to_string(path).map_err(told)?;
    for (name, text) in texts {
        page = put(&page, name, text).ok_or_else(|| format!("{}: nothing begins `{}`", path.display(), begin(name)))?;
    }
    fs::write(path, page).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_lines_of_a_name_is_replaced_and_nothing_else() {
        let page = format!("a\n{}\nold\n{END}\nb\n{}\nother\n{END}\n", begin("one"), begin("two"));
        let written = put(&page, "one", "\nnew\n").expect("its place");
        assert_eq!(written, page.replace("old", "new"));
        assert_eq!(put(&page, "three", "new"), None);
        assert_eq!(take(&written, "one").as_deref(), Some("\nnew\n"));
    }
}
