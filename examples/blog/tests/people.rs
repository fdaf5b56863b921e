//! Two people and a stranger, on pages that they share and on pages that they do not.

use crate::site::Site;
use crate::trials::tests;

tests![
    each_of_two_people_sees_their_own_dashboard_and_a_stranger_none,
    what_one_person_sees_in_a_shared_page_no_other_does,
    a_stranger_finds_comments_below_the_newest_posts_whoever_wrote_them,
    who_has_logged_out_is_a_stranger_everywhere,
    a_wrong_password_lets_nobody_in,
    a_name_that_changes_changes_wherever_it_is_shown,
];

async fn each_of_two_people_sees_their_own_dashboard_and_a_stranger_none(site: Site) {
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    for round in 0..2 {
        let (of_ann, of_ben) = (ann.get("/dashboard").await, ben.get("/dashboard").await);
        assert!(of_ann.has("<h1>Ann Aker</h1>") && !of_ann.has("<h1>Ben Bruun</h1>"));
        assert!(of_ben.has("<h1>Ben Bruun</h1>") && !of_ben.has("<h1>Ann Aker</h1>"));
        for page in [&of_ann, &of_ben] {
            assert_eq!(page.is_hit(), round > 0, "{}", page.cache());
            assert_eq!(page.header("cache-control"), Some("private, max-age=0"));
        }
        let refused = stranger.get("/dashboard").await;
        assert_eq!((refused.status, refused.header("location"), refused.text.as_str()), (303, Some("/login"), ""));
    }
    let mut other_browser_of_ann = site.visitor("ann").await;
    assert!(other_browser_of_ann.get("/dashboard").await.is_hit(), "a page for each person, and not for each session");
    for path in ["/write", "/posts/1/edit"] {
        assert_eq!(stranger.get(path).await.status, 303);
    }
}

async fn a_stranger_finds_comments_below_the_newest_posts_whoever_wrote_them(site: Site) {
    let mut stranger = site.stranger();
    for (path, author) in [("/posts/30", "Cleo"), ("/posts/29", "Ben"), ("/posts/28", "Ann")] {
        let post = stranger.get(path).await;
        assert!(post.has(author) && post.has("class=\"comment\""), "{path}: {}", post.text);
    }
}

async fn what_one_person_sees_in_a_shared_page_no_other_does(site: Site) {
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    assert!(ann.get("/posts/30").await.has("Comment as Ann Aker"));
    for _ in 0..2 {
        let (of_ann, of_ben, of_all) =
            (ann.get("/posts/30").await, ben.get("/posts/30").await, stranger.get("/posts/30").await);
        assert!(of_ann.has("Comment as Ann Aker") && !of_ann.has("Comment as Ben") && !of_ann.has("Log in"));
        assert!(of_ben.has("Comment as Ben Bruun") && !of_ben.has("Comment as Ann") && !of_ben.has("Log in"));
        assert!(of_all.has("Log in</a> to say something") && !of_all.has("Comment as"));
        for page in [of_ann, of_ben, of_all] {
            assert!(page.is_hit(), "one page for all three: {}", page.cache());
            assert_eq!(page.header("cache-control"), Some("private, no-cache"));
        }
    }
}

async fn who_has_logged_out_is_a_stranger_everywhere(site: Site) {
    let mut ann = site.visitor("ann").await;
    assert!(ann.get("/dashboard").await.has("Ann Aker"));
    let cookie = ann.cookie.clone();
    let answer = ann.post("/logout", &[]).await;
    assert_eq!((answer.status, answer.header("clear-site-data")), (303, Some("\"cache\"")));
    assert_eq!(ann.cookie, None, "the browser is told to forget it");
    // Somebody may have copied it.
    ann.cookie = cookie;
    assert_eq!(ann.get("/dashboard").await.status, 303);
    assert!(!ann.get("/posts/30").await.has("Comment as"));
    assert_eq!(ann.post("/posts/30/comments", &[("text", "from the beyond")]).await.header("location"), Some("/login"));
    assert!(!ann.get("/posts/30").await.has("from the beyond"));
}

async fn a_wrong_password_lets_nobody_in(site: Site) {
    let mut browser = site.stranger();
    for (login, password) in [("ann", "Larder"), ("ann", ""), ("nobody", "larder"), ("Ann Aker", "larder")] {
        let answer = browser.post("/login", &[("login", login), ("password", password)]).await;
        assert_eq!((answer.status, &browser.cookie), (403, &None), "{login}, {password}");
        assert!(answer.has("There is nobody with this name and password."));
    }
    browser.cookie = Some("session=0000".to_owned());
    assert_eq!(browser.get("/dashboard").await.status, 303);
}

async fn a_name_that_changes_changes_wherever_it_is_shown(site: Site) {
    let (mut ann, mut ben, mut stranger) = (site.visitor("ann").await, site.visitor("ben").await, site.stranger());
    ann.post("/posts/2/comments", &[("text", "so it is")]).await;
    // A post by Ann, one of Ben's on which she has said something, lists with and without her, and what Ben sees of her.
    let shared = ["/", "/posts/28", "/posts/2", "/?author=1", "/search?q=Chillies", "/?tag=spices"];
    for path in shared {
        assert!(stranger.get(path).await.has("Ann Aker"), "{path}");
    }
    assert!(ben.get("/dashboard").await.has("Ann Aker"));
    let without = ["/?author=2", "/posts/29"];
    for path in without {
        assert!(!stranger.get(path).await.has("Ann Aker"), "{path}");
    }
    assert_eq!(ann.post("/name", &[("name", "Anna <Aker>")]).await.header("location"), Some("/dashboard"));
    for path in shared {
        let page = stranger.get(path).await;
        assert!(page.has("Anna &lt;Aker&gt;") && !page.has("Ann Aker") && !page.is_hit(), "{path}");
    }
    assert!(ben.get("/dashboard").await.has("Anna &lt;Aker&gt;"));
    assert!(ann.get("/dashboard").await.has("<h1>Anna &lt;Aker&gt;</h1>"));
    assert!(ann.get("/posts/28").await.has("Comment as Anna &lt;Aker&gt;"), "in the hole too");
    for path in without {
        assert!(stranger.get(path).await.is_hit(), "{path}");
    }
}
