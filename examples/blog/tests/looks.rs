//! Whoever looks after the blog, at its panel, in a real browser and while others read.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::site::Site;
use crate::trials::tests;
use crate::window::Window;
use crate::windows::log_in;

tests![in_a_real_browser_one_sees_readers_come_drills_into_a_site_and_withdraws_an_entry];

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// How often each reader asks for a page.
const PACE: Duration = Duration::from_millis(20);

/// The site that has pages of posts, and the one that has lists.
const DETAIL: &str = "detail:<id>";
const LIST: &str = "list:<choice.author>:<choice.tag>";

/// The post that nobody reads but the test.
const QUIET: &str = "/posts/28";

/// People who read, until this is dropped.
fn readers(site: &Site) -> JoinSet<()> {
    let mut readers = JoinSet::new();
    for number in 1..=4 {
        let mut browser = site.stranger();
        readers.spawn(async move {
            let pages =
                ["/".to_owned(), format!("/posts/{number}"), "/?tag=jam".to_owned(), "/search?q=jar".to_owned()];
            let mut turn = tokio::time::interval(PACE);
            for page in pages.iter().cycle() {
                turn.tick().await;
                assert_eq!(browser.get(page).await.status, 200, "{page}");
            }
        });
    }
    readers
}

/// A site, by the link in its row.
fn row(pattern: &str) -> String {
    format!("//table[@id='sites']//td//a[starts-with(normalize-space(), '{pattern}')]")
}

/// How many hits a site has, as the overview shows it.
async fn hits(window: &Window, pattern: &str, is_it: impl Fn(u64) -> bool) -> u64 {
    let cell = format!(
        "[...document.querySelectorAll('#sites tbody:not(.space) tr')]\
         .find(row => row.querySelector('a').textContent.startsWith({pattern:?}))?.children[4].textContent"
    );
    let number = |said: &str| said.replace(',', "").parse().ok();
    let said = window.hear("hits of a site", &cell, |said| number(said).is_some_and(&is_it)).await;
    number(&said).expect("a number")
}

/// Goes on with the key that does so until what has the focus says this.
async fn tab_to(window: &Window, text: &str) {
    for _ in 0..60 {
        let focus = window.hear("the focus", "document.activeElement.textContent.trim()", |_| true).await;
        if focus.starts_with(text) {
            return;
        }
        window.press(TAB).await;
    }
    panic!("no key leads to {text:?}");
}

async fn in_a_real_browser_one_sees_readers_come_drills_into_a_site_and_withdraws_an_entry(site: Site) {
    let (mut reader, mut ben) = (site.stranger(), site.visitor("ben").await);
    for path in ["/larder", "/larder/", "/larder/api/now"] {
        assert_eq!((reader.get(path).await.status, ben.get(path).await.status), (404, 404), "{path}");
    }
    assert!(!ben.get("/dashboard").await.has("/larder"), "it is none of his");
    assert_eq!((reader.get(QUIET).await.is_hit(), reader.get(QUIET).await.is_hit()), (false, true));

    let mut readers = readers(&site);
    let mut window = site.window("ann").await;
    window.go("/").await;
    log_in(&window, "ann", "Ann Aker").await;
    window.click("What the caches do").await;
    window.until("/larder/", "Worth a look").await;

    // Numbers move while she looks.
    let first = hits(&window, LIST, |hits| hits > 0).await;
    hits(&window, LIST, |hits| hits > first).await;

    // To a site and back by keys alone.
    window.press("/list").await;
    window.hear("the filter", "document.getElementById('filter').value", |said| said == "list").await;
    tab_to(&window, LIST).await;
    window.press(ENTER).await;
    window.hear("its name", "document.querySelector('#site-name')?.textContent", |said| said == LIST).await;
    window.press(ESCAPE).await;
    window.hear("the way back", "document.getElementById('overview').hidden", |said| said == "false").await;

    // To another one by hand, and to what it keeps.
    window.press("/").await;
    window.hear("the focus", "document.activeElement.id", |said| said == "filter").await;
    window.hear("the filter", "document.activeElement.select()", |_| true).await;
    window.press("detail").await;
    window.click_at(&row(DETAIL)).await;
    window.hear("its name", "document.querySelector('#site-name')?.textContent", |said| said == DETAIL).await;
    let entries = "[...document.querySelectorAll('.entries a')].map(link => link.textContent).join(' ')";
    let is_there = |said: &str| said.split(' ').any(|key| key.ends_with(QUIET));
    window.hear("the entry", entries, is_there).await;
    assert!(reader.get(QUIET).await.is_hit(), "to be looked at changes nothing");

    window.click_at(&format!("//table[contains(@class, 'entries')]//a[contains(., '{QUIET}')]")).await;
    window
        .hear("what it holds", "document.getElementById('entry').innerText", |said| {
            said.contains("Fresh for") && said.contains("The next call is a hit")
        })
        .await;
    window.click("Invalidate this entry").await;
    window.click_at("//button[@id='ask-yes']").await;
    let toast = "document.getElementById('toast').textContent";
    window.hear("what was done", toast, |said| said == "Invalidated: 1 entry.").await;
    window.hear("that it is gone", entries, |said| !said.is_empty() && !is_there(said)).await;

    // The next one who asks for it has it made, and nobody after that.
    let made = reader.get(QUIET).await;
    assert!(!made.is_hit() && made.cache().contains("fwd="), "{}", made.cache());
    assert!(reader.get(QUIET).await.is_hit());

    // Its cache has it again, under what all keep there.
    window.click_in("//section[@id='place']", "default").await;
    window.hear("its name", "document.querySelector('#site-name')?.textContent", |said| said == "default").await;
    window.hear("the entry", entries, is_there).await;

    assert_eq!(window.complaints().await, [] as [serde_json::Value; 0]);
    assert!(readers.try_join_next().is_none(), "no reader has met an error");
}
