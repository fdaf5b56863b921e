//! The tags of what a page was made of: nobody has to say them again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{CacheLayer, cache_page};
use larder::testing::Isolated;
use larder::{Cache, Key, Options, Settings, entry, invalidate_tag_blocking, testing};

use super::super::app::{App, response};
use super::SECOND;
use crate::inner::greeting;

/// What pages are made of, and whether a page is found anew to be as it was.
#[derive(Clone)]
struct Source {
    cache: Cache,
    posts: Arc<AtomicU32>,
}

impl Source {
    fn of(cache: Cache) -> Self {
        Self { cache, posts: Arc::default() }
    }

    fn posts(&self) -> u32 {
        let load = || self.posts.load(Ordering::SeqCst);
        self.cache.blocking().get_or_load(Key::from("posts").tagged(["posts"]), Options::forever(), load)
    }

    /// Changes it, and says so as those do who know of nothing but their posts.
    fn change(&self, larder: &Isolated) {
        self.posts.fetch_add(1, Ordering::SeqCst);
        let _entered = larder.handle().enter();
        invalidate_tag_blocking("posts").unwrap();
    }

    /// Makes an application whose pages show the posts.
    fn app(&self, layer: &CacheLayer) -> App {
        let source = self.clone();
        App::new(layer, move |_, request| {
            if request.uri().path() == "/own" {
                assert!(entry::own_tags());
            }
            let text = source.posts().to_string();
            let is_known = request.headers().contains_key("if-none-match");
            response(
                if is_known { 304 } else { 200 },
                &[("etag", "\"a\"")],
                if is_known { String::new() } else { text },
            )
        })
    }
}

#[test]
fn a_page_goes_with_the_tags_of_what_it_was_made_of() {
    let larder = testing::isolated();
    let source = Source::of(larder.cache("default"));
    let app = source.app(&cache_page(60));
    assert_eq!((app.get("/a").text(), app.get("/b").text(), app.runs.get()), ("0", "0", 2));
    invalidate_tag_blocking("another").unwrap();
    assert!(app.get("/a").is_hit());
    source.change(&larder);
    let after = app.get("/a");
    assert_eq!((after.text(), after.is_hit()), ("1", false));
    assert_eq!((app.get("/a").text(), app.get("/b").text(), app.runs.get()), ("1", "1", 4));
}

#[test]
fn a_page_over_functions_over_functions_has_the_tags_of_all_of_them() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[], greeting()));
    for runs in 1..=3 {
        assert_eq!((app.get("/").text(), app.get("/").text(), app.runs.get()), ("Hello, Ada", "Hello, Ada", runs));
        invalidate_tag_blocking("said:inherited:names").unwrap();
    }
}

#[test]
fn a_page_that_wants_its_own_tags_alone_is_as_old_as_it_may_be() {
    let larder = testing::isolated();
    let source = Source::of(larder.cache("default"));
    let app = source.app(&cache_page(60).tag("site"));
    assert_eq!(app.get("/own").text(), "0");
    source.change(&larder);
    assert_eq!(app.get("/own").text(), "0");
    invalidate_tag_blocking("site").unwrap();
    assert_eq!(app.get("/own").text(), "1");
}

#[test]
fn a_page_that_a_304_keeps_for_longer_has_the_tags_of_what_it_was_made_of() {
    let larder = testing::isolated();
    let source = Source::of(larder.cache("default"));
    let app = source.app(&cache_page(10));
    app.get("/");
    larder.advance(20 * SECOND);
    assert_eq!((app.get("/").text(), app.get("/").text(), app.runs.get()), ("0", "0", 2));
    source.change(&larder);
    // The question with a validator is asked of a page that is there, and this one is gone.
    assert_eq!((app.get("/").text(), app.runs.get()), ("1", 3));
}

#[test]
fn a_page_of_too_many_tags_is_not_kept() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let app = App::new(&cache_page(60), move |run, _| {
        for number in 0..1001 {
            let key = Key::from(format!("part:{number}")).tagged([format!("tag:{number}")]);
            cache.blocking().get_or_load(key, Options::forever(), || 1_u8);
        }
        response(200, &[], run.to_string())
    });
    let page = app.get("/");
    assert_eq!((page.text(), app.get("/").text()), ("1", "2"));
    assert!(page.headers["cache-status"].to_str().unwrap().ends_with("detail=\"made of too many tags\""));
}

/// A store for the values, and one for the pages; each may be the same, or the memory of a process.
fn processes(clock: &Clock, stores: [Option<&Arc<Memory>>; 2]) -> [(Isolated, Source, App); 2] {
    [(); 2].map(|()| {
        let settings = |store: Option<&Arc<Memory>>| {
            store.map_or_else(Settings::memory, |store| Settings::backend(Arc::clone(store)))
        };
        let caches = ["values", "pages"].into_iter().zip(stores.map(settings));
        let larder = testing::isolated_at(clock.clone(), caches).unwrap();
        let source = Source::of(larder.cache("values"));
        let app = source.app(&cache_page(60).in_cache(&larder.cache("pages")));
        (larder, source, app)
    })
}

fn ask((larder, _, app): &(Isolated, Source, App)) -> (String, bool) {
    let visit = app.get("/");
    larder.run_tasks();
    (visit.text().to_owned(), visit.is_hit())
}

fn page(text: &str, is_hit: bool) -> (String, bool) {
    (text.to_owned(), is_hit)
}

#[test]
fn a_page_in_a_store_outside_goes_for_all_processes_that_share_it() {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let larder = |name: &'static str| (name, Settings::backend(Arc::clone(&store)));
    let processes = [(); 2].map(|()| {
        let larder = testing::isolated_at(clock.clone(), [larder("default")]).unwrap();
        let source = Source::of(larder.cache("default"));
        let app = source.app(&cache_page(60).in_cache(&larder.cache("default")));
        (larder, source, app)
    });
    let [one, two] = &processes;
    assert_eq!([ask(one), ask(one), ask(two)], [page("0", false), page("0", true), page("0", true)]);
    clock.advance(SECOND);
    two.1.posts.store(7, Ordering::SeqCst);
    one.1.posts.store(7, Ordering::SeqCst);
    two.1.change(&two.0);
    one.1.posts.store(8, Ordering::SeqCst);
    assert_eq!([ask(one), ask(one), ask(two)], [page("8", false), page("8", true), page("8", true)]);
}

#[test]
fn pages_and_values_in_different_places_go_together_too() {
    let clock = Clock::manual();
    let [here, there] = [(); 2].map(|()| Arc::new(Memory::new(clock.clone())));
    for stores in [[None, Some(&there)], [Some(&here), None], [Some(&here), Some(&there)], [None, None]] {
        let [process, _] = &processes(&clock, stores);
        // Of the first tag of all in a store nobody can tell that it has stood still.
        assert!(!(0..2).map(|_| ask(process)).any(|(text, _)| text != "0"));
        assert_eq!(ask(process), page("0", true), "{stores:?}");
        clock.advance(SECOND);
        process.1.change(&process.0);
        clock.advance(SECOND);
        assert_eq!(ask(process), page("1", false), "{stores:?}");
        assert_eq!([ask(process), ask(process)], [page("1", true), page("1", true)], "{stores:?}");
        testing::block_on(async {
            process.0.cache("values").clear_store().await.unwrap();
            process.0.cache("pages").clear_store().await.unwrap();
        });
    }
}
