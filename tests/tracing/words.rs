//! What the docs name is what is told, and nothing else.

use std::collections::BTreeSet;

use larder::{cached, testing};
use tracing::Level;

use crate::listener::Listener;

const DOCS: &str = include_str!("../../src/docs/tracing.md");
const CODE: &str =
    concat!(include_str!("../../cache-core/src/trace/words.rs"), include_str!("../../cache-core/src/trace/heard.rs"));

/// The words in the first column of the table below a heading.
fn documented(heading: &str) -> BTreeSet<&'static str> {
    let below = DOCS.split(&format!("# {heading}\n")).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
    let part = below.split("\n# ").next().expect("a part");
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn the_fields_in_the_docs_are_those_that_there_are() {
    #[cached(key = "tracing:words:<number>", ttl = 60, stale = 60)]
    fn words(number: u64) -> u64 {
        number
    }
    let _larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::TRACE);
    words(1);
    larder::invalidate_tag_blocking("a").unwrap();
    let span = &listener.loads()[0];
    let of_span: BTreeSet<_> = span.may_have.iter().copied().collect();
    assert_eq!(documented("The span of a load"), of_span);
    let in_code = |text: &'static str| text.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '_');
    let of_all: BTreeSet<_> = in_code(CODE).filter(|word| word.starts_with("larder.")).collect();
    let of_events = documented("Fields of events");
    assert_eq!(of_events.union(&of_span).copied().collect::<BTreeSet<_>>(), of_all);
}

/// The words of a function of the source, in the order in which they stand there.
fn in_code(function: &str) -> BTreeSet<&'static str> {
    let body =
        CODE.split(&format!("fn {function}(")).nth(1).expect("a function").split("\n}\n").next().expect("its end");
    body.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_words_in_the_docs_are_those_that_are_told() {
    let told: BTreeSet<_> = in_code("outcome").union(&["failed", "timed out", "no timer"].into()).copied().collect();
    assert_eq!(documented("Outcomes"), told);
    let mut rules = in_code("rule");
    rules.remove("none");
    assert_eq!(documented("Rules"), rules);
    let mut events: BTreeSet<_> = in_code("done").into_iter().collect();
    events.extend(["served stale", "a tag is invalidated"]);
    assert_eq!(documented("Events"), events);
    let whys: BTreeSet<_> = in_code("alone").union(&in_code("stale")).copied().collect();
    assert_eq!(documented("Reasons"), whys);
}
