//! What is written to the log is written under one name.

use crate::sources;

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// Returns what stands behind the opening bracket of each line that a text writes to the log.
fn written(text: &str) -> impl Iterator<Item = &str> {
    let starts = LEVELS.map(|level| format!("log::{level}!("));
    starts.into_iter().flat_map(|start| {
        let places: Vec<_> = text.match_indices(&start).map(|(at, _)| at + start.len()).collect();
        places.into_iter().map(|at| text[at..].trim_start())
    })
}

#[test]
fn every_line_of_the_log_is_told_by_larder_and_not_by_one_of_its_modules() {
    let mut lines = 0;
    for (path, text) in ["src", "cache-core/src", "cache-backends/src"].into_iter().flat_map(sources) {
        for line in written(&text) {
            lines += 1;
            assert!(
                line.starts_with("target: \"larder\"") || line.starts_with("target: \"larder::"),
                "{}: {line:.60}",
                path.display()
            );
        }
    }
    assert!(lines > 10, "{lines}");
}
