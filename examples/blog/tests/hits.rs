//! What is asked for again is there already, for as long as was said.

use std::time::Duration;

use crate::served::NO_NUMBER;
use crate::site::Site;
use crate::trials::tests;

tests![
    a_page_is_made_once_and_who_has_it_is_told_so,
    a_search_goes_by_its_words_and_its_page_alone,
    the_api_asks_the_functions_that_the_pages_ask,
    what_is_not_there_is_not_kept,
];

async fn a_page_is_made_once_and_who_has_it_is_told_so(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    for path in ["/", "/?page=2", "/?tag=jam", "/search?q=salt", "/login"] {
        let first = stranger.get(path).await;
        assert_eq!((first.status, first.cache()), (200, "larder; fwd=uri-miss; stored"), "{path}");
        let second = ann.get(path).await;
        assert!(second.is_hit() && second.text == first.text, "{path}: whoever asks");
        let tag = second.header("etag").expect("a tag").to_owned();
        let third = stranger.ask_again(path, &tag).await;
        assert_eq!((third.status, third.text.as_str()), (304, ""), "{path}");
    }
    assert!(stranger.get("/?page=2").await.has("href=\"/?page=1\">Newer"));
    assert!(stranger.get("/?author=1").await.has("href=\"/?author=1&amp;page=2\">Older"));
    site.larder().advance(Duration::from_secs(60 * 15));
    let later = stranger.get("/").await;
    assert!(!later.is_hit(), "{}", later.cache());
}

async fn a_search_goes_by_its_words_and_its_page_alone(site: Site) {
    let mut stranger = site.stranger();
    let found = stranger.get("/search?q=BATCH").await;
    assert!(found.has("<article>") && found.has("/search?q=BATCH&amp;page=2"));
    assert!(stranger.get("/search?utm=a&q=BATCH&x=y").await.is_hit());
    assert!(!stranger.get("/search?q=BATCH&page=2").await.is_hit());
    let none = stranger.get("/search?q=%3Cnothing%3E").await;
    assert!(none.has("No post has it.") && none.has("“&lt;nothing&gt;”"));
}

async fn the_api_asks_the_functions_that_the_pages_ask(site: Site) {
    let mut stranger = site.stranger();
    stranger.get("/posts/28").await;
    let counted = || site.larder().cache("default").stats();
    let before = counted();
    let post = stranger.get("/api/posts/28").await;
    let after = counted();
    assert_eq!((after.loads - before.loads, after.hits > before.hits), (0, true), "the page has asked for it already");
    let json: serde_json::Value = serde_json::from_str(&post.text).expect("JSON");
    assert_eq!(
        (&json["id"], &json["author_name"], &json["tags"][0]),
        (&28.into(), &"Ann Aker".into(), &"spices".into())
    );

    let tag = post.header("etag").expect("a tag").to_owned();
    assert_eq!(stranger.ask_again("/api/posts/28", &tag).await.status, 304);
    let mut ann = site.visitor("ann").await;
    ann.post("/posts/28/edit", &[("title", "Chillies"), ("text", "Hot."), ("tags", "spices")]).await;
    let anew = stranger.ask_again("/api/posts/28", &tag).await;
    assert!(anew.status == 200 && anew.has("\"title\":\"Chillies\""));
    ann.post("/name", &[("name", "Annika")]).await;
    let anew = stranger.ask_again("/api/posts/28", anew.header("etag").expect("a tag")).await;
    assert!(anew.status == 200 && anew.has("Annika"), "of the same revision");
}

async fn what_is_not_there_is_not_kept(site: Site) {
    let mut stranger = site.stranger();
    for path in ["/posts/99", "/?tag=nothing", "/?page=99", "/api/posts/99"] {
        for _ in 0..2 {
            let page = stranger.get(path).await;
            assert_eq!((page.status, page.is_hit()), (404, false), "{path}");
        }
    }
    for (path, status) in [("/posts/none", NO_NUMBER), ("/?page=-1", 400)] {
        assert_eq!(stranger.get(path).await.status, status, "{path}");
    }
}
