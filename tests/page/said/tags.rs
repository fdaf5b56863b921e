//! The tags that a handler says.

use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{Language, cache_page};
use larder::{Settings, entry, invalidate_tag_blocking, invalidates, testing};

use super::super::app::{App, request, response};
use super::{SECOND, saying};

#[invalidates(tag = "said:author:<author>")]
fn write(author: u64) {
    let _ = author;
}

fn ask(app: &App, path: &str, language: &str, x: &str) -> String {
    let mut request = request("GET", path, &[("x", x)]);
    request.extensions_mut().insert(Language(language.to_owned()));
    app.visitor_with(request).go_on().text.clone()
}

#[test]
fn a_write_empties_the_pages_whose_handlers_said_its_tag_in_all_languages_and_variants_and_no_others() {
    let _larder = testing::isolated();
    let app = saying(&cache_page(60).vary("x"), |request| {
        let author = request.uri().path().trim_start_matches('/').to_owned();
        assert!(entry::tag(format!("said:author:{author}")));
    });
    let all = || {
        let mut texts = Vec::new();
        for path in ["/7", "/8"] {
            for language in ["de", "en"] {
                texts.extend(["1", "2"].map(|x| ask(&app, path, language, x)));
            }
        }
        texts
    };
    let before = all();
    assert_eq!((all(), app.runs.get()), (before.clone(), 8));
    write(7);
    let after = all();
    assert!(before.iter().zip(&after).take(4).all(|(before, after)| before != after), "{before:?} {after:?}");
    assert_eq!((&before[4..], app.runs.get()), (&after[4..], 12));
}

#[test]
fn a_tag_is_a_text_of_any_length_and_with_whatever_is_in_it() {
    let _larder = testing::isolated();
    for tag in ["two words".to_owned(), "100 %".to_owned(), "é:%20".to_owned(), "long ".repeat(1000)] {
        let said = tag.clone();
        let app = saying(&cache_page(60).key_prefix(&tag), move |_| assert!(entry::tag(&said)));
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        invalidate_tag_blocking("other").unwrap();
        assert_eq!(app.get("/").text(), "1");
        invalidate_tag_blocking(&tag).unwrap();
        assert_eq!(app.get("/").text(), "2", "{tag}");
    }
}

#[test]
fn a_tag_that_is_said_stands_beside_those_of_the_response_and_of_the_layer() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60).tag("site"), |run, _| {
        assert!(entry::tag("said"));
        response(200, &[("surrogate-key", "word")], format!("{run}"))
    });
    for (number, tag) in ["site", "word", "said"].into_iter().enumerate() {
        assert_eq!(app.get("/").text(), format!("{}", number + 1));
        invalidate_tag_blocking(tag).unwrap();
    }
    assert_eq!(app.get("/").text(), "4");
}

#[test]
fn a_tag_that_is_said_goes_along_into_a_store_outside() {
    let clock = Clock::manual();
    let store = Settings::backend(Memory::new(clock.clone()));
    let larder = testing::isolated_at(clock, [("default", store)]).unwrap();
    let app = saying(&cache_page(60), |request| assert!(request.uri().path() != "/tagged" || entry::tag("two words")));
    let texts = || ["/", "/tagged"].map(|path| app.get(path).text().to_owned());
    // Of the first tag of all in a store nobody can tell that it was not invalidated before it was told.
    assert_eq!((texts(), texts()), (["1", "2"].map(Into::into), ["1", "3"].map(Into::into)));
    assert_eq!(texts(), ["1", "3"]);
    larder.advance(SECOND);
    invalidate_tag_blocking("two words").unwrap();
    larder.advance(SECOND);
    assert_eq!((texts(), texts()), (["1", "4"].map(Into::into), ["1", "4"].map(Into::into)));
}
