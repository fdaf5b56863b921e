//! What is written is seen at once by all, and what does not show it stays.

use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::site::Site;
use crate::trials::tests;

tests![
    a_new_post_is_seen_wherever_it_belongs_and_nothing_else_goes,
    an_edit_moves_a_post_from_the_lists_of_its_old_tags_to_those_of_its_new_ones,
    a_post_that_is_deleted_is_gone_everywhere,
    a_comment_is_seen_below_its_post_and_by_whose_post_it_is,
    what_people_write_is_escaped_wherever_it_is_shown,
    what_another_program_writes_makes_the_pages_of_a_search_go,
    a_write_whose_client_leaves_is_done_and_seen_all_the_same,
];

const JAM: [(&str, &str); 3] =
    [("title", "Rhubarb again"), ("text", "With ginger.\n\nAt last."), ("tags", "jam rhubarb")];

/// Asks for pages, so that they are kept.
async fn visit(browser: &mut Browser, paths: &[&str]) {
    for path in paths {
        browser.get(path).await;
        assert!(browser.get(path).await.is_hit(), "{path}");
    }
}

/// Returns the address of a post that somebody has just written.
async fn publish(browser: &mut Browser, post: &[(&str, &str)]) -> String {
    let answer = browser.post("/write", post).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").expect("its address").to_owned()
}

async fn a_new_post_is_seen_wherever_it_belongs_and_nothing_else_goes(site: Site) {
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    let goes = ["/", "/?page=2", "/?tag=jam", "/?author=1", "/?author=1&tag=jam", "/search?q=ginger"];
    let stays = ["/?tag=cellar", "/?author=2", "/posts/30"];
    visit(&mut stranger, &[&goes[..], &stays].concat()).await;
    visit(&mut ann, &["/dashboard"]).await;
    visit(&mut ben, &["/dashboard"]).await;

    let path = publish(&mut ann, &JAM).await;
    for path in goes {
        let page = stranger.get(path).await;
        assert_eq!(page.has("Rhubarb again"), path != "/?page=2", "{path}");
        assert!(!page.is_hit(), "{path}");
    }
    assert!(ann.get("/dashboard").await.has("Rhubarb again"));
    assert!(ben.get("/dashboard").await.is_hit());
    for path in stays {
        assert!(stranger.get(path).await.is_hit(), "{path}");
    }
    let page = stranger.get(&path).await;
    assert!(page.has("<p>With ginger.</p><p>At last.</p>") && page.has("/?tag=rhubarb"));
    let first = stranger.get("/api/posts").await;
    assert!(first.has(r#""title":"Rhubarb again""#), "the function behind the API too");
}

async fn what_another_program_writes_makes_the_pages_of_a_search_go(site: Site) {
    let mut stranger = site.stranger();
    visit(&mut stranger, &["/search?q=ginger"]).await;
    // What the companion of a program of whatever name says: it knows the name of the pages, and not where their handler is.
    site.larder().scope(larder::invalidate_tag("search")).await.expect("a store that is there");
    assert!(!stranger.get("/search?q=ginger").await.is_hit());
}

async fn an_edit_moves_a_post_from_the_lists_of_its_old_tags_to_those_of_its_new_ones(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    let path = publish(&mut ann, &JAM).await;
    visit(&mut stranger, &["/", &path, "/?tag=jam", "/?tag=pickles", "/?tag=cellar", "/search?q=ginger"]).await;
    assert!(stranger.get("/?tag=jam").await.has("Rhubarb again"));

    let form = ann.get(&format!("{path}/edit")).await;
    assert!(form.has("value=\"Rhubarb again\"") && form.has("With ginger.") && form.has("value=\"jam rhubarb\""));
    assert_eq!(
        (form.cache(), form.header("cache-control").is_some_and(|said| said.contains("no-store"))),
        ("nothing", true)
    );
    let pickles = [("title", "Rhubarb in vinegar"), ("text", "Without."), ("tags", "pickles")];
    assert_eq!(ann.post(&format!("{path}/edit"), &pickles).await.header("location"), Some(&*path));
    for (path, shows) in
        [("/", true), (&path, true), ("/?tag=jam", false), ("/?tag=pickles", true), ("/search?q=ginger", false)]
    {
        let page = stranger.get(path).await;
        assert_eq!(
            (page.has("Rhubarb in vinegar"), page.has("Rhubarb again"), page.is_hit()),
            (shows, false, false),
            "{path}"
        );
    }
    assert_eq!(stranger.get("/?tag=rhubarb").await.status, 404);
    assert!(stranger.get("/?tag=cellar").await.is_hit());
    assert!(ann.get("/dashboard").await.has("Rhubarb in vinegar"));
}

async fn a_post_that_is_deleted_is_gone_everywhere(site: Site) {
    let (mut ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    let path = publish(&mut ann, &JAM).await;
    let api = format!("/api{path}");
    ann.post(&format!("{path}/comments"), &[("text", "mine")]).await;
    visit(&mut stranger, &["/", &path, "/?tag=jam", "/search?q=ginger"]).await;
    assert_eq!(stranger.get(&api).await.status, 200);

    assert_eq!(ann.post(&format!("{path}/delete"), &[]).await.status, 303);
    assert_eq!((stranger.get(&path).await.status, stranger.get(&api).await.status), (404, 404));
    assert_eq!(stranger.get(&format!("{api}/comments")).await.text, "[]");
    for path in ["/", "/?tag=jam", "/search?q=ginger"] {
        assert!(!stranger.get(path).await.has("Rhubarb"), "{path}");
    }
    assert!(!ann.get("/dashboard").await.has("Rhubarb"));
}

async fn a_comment_is_seen_below_its_post_and_by_whose_post_it_is(site: Site) {
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    // Post 28 is Ann's.
    visit(&mut stranger, &["/", "/posts/28", "/posts/29"]).await;
    visit(&mut ann, &["/dashboard"]).await;
    visit(&mut ben, &["/dashboard"]).await;
    assert_eq!(
        ben.post("/posts/28/comments", &[("text", "Mine are green")]).await.header("location"),
        Some("/posts/28#comments")
    );
    for browser in [&mut stranger, &mut ben, &mut ann] {
        assert!(browser.get("/posts/28").await.has("<p>Mine are green</p>"));
    }
    assert!(ann.get("/dashboard").await.has("Mine are green"));
    assert!(stranger.get("/api/posts/28/comments").await.has("Mine are green"));
    assert!(ben.get("/dashboard").await.is_hit());
    for path in ["/", "/posts/29"] {
        assert!(stranger.get(path).await.is_hit(), "{path}");
    }
}

async fn what_people_write_is_escaped_wherever_it_is_shown(site: Site) {
    const EVIL: &str = "\"'><script>alert(1)</script>&amp;";
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    let path = publish(&mut ann, &[("title", EVIL), ("text", EVIL), ("tags", "evil")]).await;
    ben.post(&format!("{path}/comments"), &[("text", EVIL)]).await;
    ann.post("/name", &[("name", EVIL)]).await;
    let search = "/search?q=%22%27%3E%3Cscript%3Ealert";
    for path in ["/", &path, "/?tag=evil", "/?author=1", "/dashboard", &format!("{path}/edit"), search] {
        for browser in [&mut ann, &mut stranger] {
            let page = browser.get(path).await;
            assert!(!page.has("<script") && !page.has("\"'>") && !page.has("&amp;&amp;"), "{path}: {}", page.text);
            assert!(page.status == 303 || page.has("&quot;&#39;&gt;&lt;script&gt;alert"), "{path}");
        }
    }
    assert!(
        stranger
            .get(&path)
            .await
            .header("content-security-policy")
            .is_some_and(|said| said.contains("default-src 'none'"))
    );
}

async fn a_write_whose_client_leaves_is_done_and_seen_all_the_same(site: Site) {
    let (ann, mut stranger) = (site.visitor("ann").await, site.stranger());
    visit(&mut stranger, &["/posts/28"]).await;
    ann.post_and_leave("/posts/28/comments", &[("text", "Have to go")]).await;
    let begun = Instant::now();
    while !stranger.get("/posts/28").await.has("Have to go") {
        assert!(begun.elapsed() < Duration::from_secs(20), "what was written is never seen");
    }
}
