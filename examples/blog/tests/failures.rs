//! What is not written invalidates nothing.

use crate::browser::Browser;
use crate::site::Site;
use crate::trials::tests;

tests![
    a_write_that_is_refused_invalidates_nothing,
    a_transaction_that_is_rolled_back_tells_nobody,
    a_form_of_another_site_changes_nothing,
    what_belongs_to_somebody_else_is_not_changed,
];

const PAGES: [&str; 5] = ["/", "/?tag=spices", "/?author=1", "/posts/28", "/search?q=salt"];

async fn keep(browser: &mut Browser) {
    for path in PAGES {
        browser.get(path).await;
    }
}

async fn all_are_hits(browser: &mut Browser) {
    for path in PAGES {
        let page = browser.get(path).await;
        assert!(page.is_hit(), "{path}: {}", page.cache());
    }
}

async fn a_write_that_is_refused_invalidates_nothing(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    ann.get("/dashboard").await;
    keep(&mut stranger).await;
    let told = larder::events::stats().told;
    for (path, title, text, tags) in [
        ("/write", " ", "text", "spices"),
        ("/write", "title", "\n", "spices"),
        ("/write", "title", "text", "Spices"),
        ("/posts/28/edit", "", "text", "spices"),
    ] {
        let answer = ann.post(path, &[("title", title), ("text", text), ("tags", tags)]).await;
        assert_eq!(answer.status, 422, "{path}, {title}, {text}, {tags}");
    }
    assert_eq!(ann.post("/posts/28/comments", &[("text", " ")]).await.status, 422);
    assert_eq!(ann.post("/posts/99/comments", &[("text", "hello?")]).await.status, 404);
    assert_eq!(ann.post("/posts/99/delete", &[]).await.status, 404);
    assert_eq!(ann.post("/name", &[("name", "")]).await.status, 422);
    all_are_hits(&mut stranger).await;
    assert!(ann.get("/dashboard").await.is_hit());
    assert_eq!(larder::events::stats().told, told);
}

/// A name that somebody has is refused by the database: when it has been said already that it changes.
async fn a_transaction_that_is_rolled_back_tells_nobody(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    ann.get("/dashboard").await;
    keep(&mut stranger).await;
    let told = larder::events::stats().told;
    let answer = ann.post("/name", &[("name", "Ben Bruun")]).await;
    assert_eq!((answer.status, answer.has("Somebody else has this name.")), (422, true));
    all_are_hits(&mut stranger).await;
    let dashboard = ann.get("/dashboard").await;
    assert!(dashboard.is_hit() && dashboard.has("<h1>Ann Aker</h1>"));
    assert_eq!(larder::events::stats().told, told);
    // The connection is good for what comes next, which is told.
    assert_eq!(ann.post("/name", &[("name", "Annika")]).await.status, 303);
    assert!(stranger.get("/posts/28").await.has("Annika"));
    assert_eq!(larder::events::stats().told, told + 1);
}

async fn a_form_of_another_site_changes_nothing(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    keep(&mut stranger).await;
    for origin in [None, Some("null"), Some("https://evil.example"), Some("http://127.0.0.1:1")] {
        for path in ["/posts/28/comments", "/posts/28/delete", "/logout", "/login"] {
            let answer = ann.post_from(origin, path, &[("text", "spam")]).await;
            assert_eq!(answer.status, 403, "{origin:?}, {path}");
        }
    }
    all_are_hits(&mut stranger).await;
    assert!(ann.get("/dashboard").await.has("Ann Aker"), "she is still there");
    assert!(!stranger.get("/posts/28").await.has("spam"));
}

async fn what_belongs_to_somebody_else_is_not_changed(site: Site) {
    let (mut ben, mut stranger) = (site.visitor("ben").await, site.stranger());
    keep(&mut stranger).await;
    assert_eq!(ben.get("/posts/28/edit").await.status, 403);
    let post = [("title", "Ben was here"), ("text", "text"), ("tags", "")];
    assert_eq!(ben.post("/posts/28/edit", &post).await.status, 403);
    assert_eq!(ben.post("/posts/28/delete", &[]).await.status, 403);
    for (path, fields) in [("/write", &post[..]), ("/posts/28/edit", &post), ("/posts/28/comments", &[("text", "a")])] {
        assert_eq!(stranger.post(path, fields).await.header("location"), Some("/login"), "{path}");
    }
    all_are_hits(&mut stranger).await;
    assert!(!stranger.get("/").await.has("Ben was here"));
}
