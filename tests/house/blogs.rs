//! The two blogs are one site where they share a store: what one of them invalidates, the other has to have by that name.

use crate::sources;

/// Returns what follows this word in a text, up to the next quotation mark.
fn quoted<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(word)?;
    rest.split_once('"').map(|(quoted, _)| quoted)
}

/// Returns the pages of a blog that are invalidated by a companion, with the key that is written there.
fn pages(front: &str, listeners: &str) -> Vec<(String, Option<String>)> {
    let mut pages: Vec<_> = sources(front)
        .into_iter()
        .filter(|(_, text)| text.contains("#[cache_page("))
        .map(|(path, text)| (path.file_stem().expect("a file").to_string_lossy().into_owned(), text))
        .filter(|(name, _)| listeners.contains(&format!("{name}::invalidate(")))
        .map(|(name, text)| {
            let attribute = text.split_once("#[cache_page(").map_or("", |(_, rest)| rest);
            let attribute = attribute.split_once(")]").map_or("", |(words, _)| words);
            (name, quoted(attribute, "key = \"").map(str::to_owned))
        })
        .collect();
    pages.sort();
    pages
}

#[test]
fn both_blogs_call_their_pages_the_same() {
    let listeners = sources("examples/blog/src/front").into_iter().find(|(path, _)| path.ends_with("listeners.rs"));
    let (_, listeners) = listeners.expect("what each change invalidates");
    let ours = pages("examples/blog/src/front", &listeners);
    assert!(ours.len() >= 4 && ours.iter().all(|(_, key)| key.is_some()), "{ours:?}");
    assert_eq!(ours, pages("examples/blog-actix/src/front", &listeners));
}
