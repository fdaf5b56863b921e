//! What people see in real browsers, which keep pages themselves.

use crate::site::Site;
use crate::trials::tests;
use crate::window::{Arrival, Window};

tests![
    in_real_browsers_two_people_see_their_own_pages_and_at_once_what_the_other_writes,
    in_a_real_browser_nobody_finds_what_somebody_has_left_behind,
];

const KEPT: Arrival = Arrival { status: 200, is_hit: true };
/// The browser has it, from a hit, and Larder has said that it is still the one.
const KEPT_BY_BOTH: Arrival = Arrival { status: 304, is_hit: true };

/// Logs in by the form, as whoever wants to see their posts is asked to.
pub async fn log_in(window: &Window, login: &str, name: &str) {
    window.click("Your posts").await;
    window.until("/login", "Log in").await;
    window.write("login", login).await;
    window.write("password", "larder").await;
    window.click("Log in").await;
    window.until("/dashboard", name).await;
}

async fn in_real_browsers_two_people_see_their_own_pages_and_at_once_what_the_other_writes(site: Site) {
    let (mut ann, mut ben, mut stranger) =
        (site.window("ann").await, site.window("ben").await, site.window("stranger").await);
    ann.go("/").await;
    assert_eq!((ben.go("/").await, stranger.go("/").await), (KEPT, KEPT), "one page for all");
    log_in(&ann, "ann", "Ann Aker").await;
    log_in(&ben, "ben", "Ben Bruun").await;
    for (window, own, other) in [(&mut ann, "Ann Aker", "Ben Bruun"), (&mut ben, "Ben Bruun", "Ann Aker")] {
        assert_eq!((window.reload().await, window.reload().await), (KEPT, KEPT_BY_BOTH));
        let heading =
            window.text().await.lines().find(|line| line.contains(own) || line.contains(other)).map(str::to_owned);
        assert_eq!(heading.as_deref(), Some(own));
    }

    // Ann writes a post, and Ben, who has the list, finds it there.
    ann.click("Write a post").await;
    ann.write("title", "Rhubarb & ginger").await;
    ann.write("text", "At last.").await;
    ann.write("tags", "jam rhubarb").await;
    ann.click("Publish").await;
    ann.until("/posts/31", "At last.").await;
    assert_eq!(ben.go("/").await, Arrival { status: 200, is_hit: false });
    assert_eq!((stranger.go("/").await, ben.reload().await, ben.reload().await), (KEPT, KEPT, KEPT_BY_BOTH));
    assert!(stranger.shows("Rhubarb & ginger").await);
    assert!(ben.go("/dashboard").await.is_hit && !ben.shows("Rhubarb & ginger").await, "it is not his");

    // Ben says something about it, which Ann and the stranger see; no browser takes it for a program.
    ben.go("/").await;
    ben.click("Rhubarb & ginger").await;
    ben.until("/posts/31", "Comment as Ben Bruun").await;
    let said = "Too sour <img src=x onerror=\"document.title='mine'\">";
    ben.write("text", said).await;
    ben.click("Send").await;
    ben.until("/posts/31#comments", said).await;
    // What Ann has open is older than that.
    ann.reload().await;
    assert!(ann.shows(said).await && ann.shows("Comment as Ann Aker").await && !ann.shows("Comment as Ben").await);
    assert_eq!(ann.title().await, "Rhubarb & ginger · The Larder");
    assert_eq!(stranger.go("/posts/31").await, KEPT);
    let shown = stranger.text().await;
    assert!(
        shown.contains(said) && shown.contains("Log in to say something.") && !shown.contains("Comment as"),
        "{shown}"
    );

    // Ann writes it anew, from her dashboard, which tells of the comment.
    ann.go("/dashboard").await;
    assert!(ann.shows("Ben Bruun on Rhubarb & ginger: Too sour").await);
    ann.click_in("//li[contains(., 'Rhubarb')]", "Edit").await;
    ann.until("/posts/31/edit", "Write it anew").await;
    ann.write("title", "Rhubarb, sweeter").await;
    ann.click("Publish").await;
    ann.until("/posts/31", "Rhubarb, sweeter").await;
    for window in [&mut ben, &mut stranger] {
        for path in ["/posts/31", "/", "/?tag=jam"] {
            window.go(path).await;
            assert!(window.shows("Rhubarb, sweeter").await && !window.shows("Rhubarb & ginger").await, "{path}");
            assert!(window.reload().await.is_hit, "{path}");
        }
    }

    // Ann leaves. Ben does not notice.
    ann.go("/dashboard").await;
    ann.click("Log out").await;
    ann.until("/goodbye", "You have logged out").await;
    ann.go("/posts/31").await;
    assert!(ann.shows("Log in to say something.").await && !ann.shows("Comment as").await);
    ben.go("/dashboard").await;
    assert!(ben.reload().await.is_hit && ben.shows("Ben Bruun").await);
}

async fn in_a_real_browser_nobody_finds_what_somebody_has_left_behind(site: Site) {
    let mut window = site.window("shared").await;
    window.go("/").await;
    log_in(&window, "ann", "Ann Aker").await;
    assert_eq!((window.reload().await, window.reload().await), (KEPT, KEPT_BY_BOTH));
    window.click("Log out").await;
    window.until("/goodbye", "You have logged out").await;
    // By the button that goes back, and by the address.
    window.go_back().await;
    assert_eq!(window.path().await, "/login");
    window.go("/dashboard").await;
    assert_eq!(window.path().await, "/login");
    assert!(!window.shows("Ann Aker").await);

    window.go("/").await;
    log_in(&window, "ben", "Ben Bruun").await;
    for arrival in [KEPT, KEPT_BY_BOTH] {
        assert_eq!(window.reload().await, arrival);
        let shown = window.text().await;
        assert!(shown.contains("Ben Bruun\n\nWrite a post") && !shown.contains("Ann Aker\n\nWrite a post"), "{shown}");
    }
}
