//! `fragment!`, around whatever renders.

use std::sync::Barrier;
use std::time::Duration;

use larder::fragment::{Text, fragment_key};
use larder::key::KeyPart;
use larder::{Settings, Ttl, fragment, testing};

use crate::Runs;

struct User {
    id: u64,
    name: String,
}

fn ann() -> User {
    User { id: 7, name: "ann".to_owned() }
}

fn sidebar(runs: &Runs, user: &User) -> Text {
    fragment!("hand.sidebar", user.name, user.id, ttl = 500; { format!("{}, run {}", user.name, runs.next()) })
}

#[test]
fn the_body_of_a_fragment_is_not_rendered_on_a_hit() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    assert_eq!(sidebar(&runs, &ann()), "ann, run 1");
    assert_eq!(sidebar(&runs, &ann()), "ann, run 1");
    assert_eq!(sidebar(&runs, &User { id: 8, ..ann() }), "ann, run 2");
    larder.advance(Duration::from_secs(500));
    assert_eq!(sidebar(&runs, &ann()), "ann, run 3");
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn a_body_that_waits_is_awaited_and_so_is_its_fragment() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let render = async |user: &User| {
        fragment!("hand.awaited", user.name; async {
            tokio::task::yield_now().await;
            format!("run {}", runs.next())
        })
        .await
    };
    let [first, second] = [render(&ann()).await, render(&ann()).await];
    assert_eq!([&*first, &*second], ["run 1", "run 1"]);
}

#[test]
fn an_error_of_a_body_is_handed_out_and_not_kept() {
    let _larder = testing::isolated();
    let render = |outcome: Result<&str, &'static str>| fragment!("hand.error"; outcome.map(str::to_owned));
    assert_eq!(render(Err("the source is away")), Err("the source is away"));
    assert_eq!(render(Ok("<ul>")).as_deref(), Ok("<ul>"));
    assert_eq!(render(Err("the source is away")).as_deref(), Ok("<ul>"));
}

#[test]
fn a_fragment_that_is_empty_is_kept_like_another() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let render = || {
        fragment!("hand.empty"; {
            runs.next();
            ""
        })
    };
    assert_eq!([render(), render()].map(|text| text.len()), [0, 0]);
    assert_eq!(runs.count(), 1);
}

#[test]
fn a_fragment_lasts_as_long_as_is_said_or_as_its_cache_says() {
    let larder = testing::isolated_with([("default", Settings::memory().ttl(60))]).expect("it can be made");
    let left = |name: &str, text: Text| {
        assert_eq!(text, "text");
        larder.cache("default").blocking().ttl(fragment_key(name, [(); 0])).expect("it is in memory")
    };
    let (seconds, duration) = (90_u64, Duration::from_millis(1500));
    assert_eq!(left("hand.usual", fragment!("hand.usual"; "text")), Some(Ttl::For(Duration::from_secs(60))));
    assert_eq!(left("hand.ever", fragment!("hand.ever", ttl = forever; "text")), Some(Ttl::Forever));
    let text = fragment!("hand.variable", ttl = seconds; "text");
    assert_eq!(left("hand.variable", text), Some(Ttl::For(Duration::from_secs(90))));
    assert_eq!(left("hand.duration", fragment!("hand.duration", ttl = duration; "text")), Some(Ttl::For(duration)));
    let nothing = 0_u64;
    assert_eq!(left("hand.never", fragment!("hand.never", ttl = nothing; "text")), None);
}

#[test]
fn a_fragment_goes_with_its_tags_and_by_its_key() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let user = ann();
    let render =
        || fragment!("hand.tagged", user.id, user.name, tags = ["hand:user:<user.id>"]; runs.next().to_string());
    assert_eq!([render(), render()], ["1", "1"]);
    larder::invalidate_tag_blocking("hand:user:7").expect("it is in memory");
    assert_eq!([render(), render()], ["2", "2"]);
    let key = fragment_key("hand.tagged", [&7 as &dyn KeyPart, &"ann"]);
    assert_eq!(key.as_str(), "fragment:hand.tagged:7:ann");
    assert!(larder.cache("default").blocking().delete(key).expect("it is in memory"));
    assert_eq!(render(), "3");
}

#[test]
fn fragments_live_in_the_cache_that_is_named_else_in_their_own_where_there_is_one_else_in_default() {
    let kept = |larder: &testing::Isolated| {
        fragment!("hand.usual_cache"; "text");
        fragment!("hand.special_cache", using = "special"; "text");
        ["default", "template_fragments", "special"].map(|name| larder.cache(name).stats().entries)
    };
    let with = |names: &[&'static str]| {
        testing::isolated_with(names.iter().map(|name| (*name, Settings::memory()))).expect("they can be made")
    };
    let render_twice = |larder: &testing::Isolated| kept(larder);
    assert_eq!(render_twice(&with(&["special"])), [1, 0, 1]);
    assert_eq!(render_twice(&with(&["special", "template_fragments"])), [0, 1, 1]);
}

#[test]
fn a_fragment_is_a_place_of_the_program_that_counts_for_itself() {
    let _larder = testing::isolated_with([("template_fragments", Settings::memory())]).expect("it can be made");
    let render = |page: u32| fragment!("hand.place", page, tags = ["hand:pages"]; page.to_string());
    let line = line!() - 1;
    let site = larder::sites().find(|site| site.name() == "hand.place").expect("it is one");
    assert_eq!((site.pattern(), site.tag_patterns()), ("fragment:hand.place:<page>", &["hand:pages"][..]));
    assert_eq!((site.cache_name(), site.line()), ("template_fragments", line));
    assert!(site.file().ends_with("by_hand.rs"));
    assert_eq!([1, 1, 2].map(render), ["1", "1", "2"]);
    let stats = site.stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (1, 2, 2));
    site.switch_off();
    assert_eq!(render(1), "1");
    assert_eq!(site.stats().bypassed, 1);
    site.switch_on();
}

#[test]
fn whoever_asks_at_once_for_one_fragment_has_its_body_run_once() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let (start, larder) = (Barrier::new(8), larder.handle());
    let render = || {
        let _entered = larder.enter();
        start.wait();
        fragment!("hand.crowd"; {
            std::thread::yield_now();
            runs.next().to_string()
        })
    };
    std::thread::scope(|threads| {
        let all: Vec<_> = (0..8).map(|_| threads.spawn(render)).collect();
        for one in all {
            assert_eq!(one.join().expect("it renders"), "1");
        }
    });
    assert_eq!(runs.count(), 1);
}

#[test]
fn no_part_of_a_fragment_pretends_to_be_two() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let render = |one: &str, two: &str| {
        fragment!("hand.parts", one, two; {
            runs.next();
            format!("{one}|{two}")
        })
    };
    let pairs = [("a", "b:c"), ("a:b", "c"), ("a", "b"), ("", "ab"), ("ab", ""), ("a\u{e9}", " "), ("%", "<>")];
    for (one, two) in pairs.into_iter().chain(pairs) {
        assert_eq!(render(one, two), &*format!("{one}|{two}"));
    }
    let long = "x".repeat(1000);
    assert_ne!(render(&long, "a"), render(&long, "b"));
    assert_eq!(runs.count(), pairs.len() + 2);
}

mod framework {
    pub use larder as cache;
}

#[test]
fn larder_is_reached_through_another_crate() {
    let _larder = testing::isolated();
    assert_eq!(fragment!("hand.crate", crate = framework::cache; "text"), "text");
}

#[test]
fn an_unknown_cache_of_a_fragment_is_found_before_it_is_asked_for() {
    // Outside of a test with caches of its own, which has every cache that it asks for.
    let problems = larder::check().expect_err("there is no such cache").to_string();
    let ours = problems.lines().find(|line| line.contains("hand.special_cache")).expect("it is told");
    assert!(ours.contains("there is no cache named `special`; there is `default`"), "{ours}");
    assert!(ours.contains("by_hand.rs:"), "{ours}");
    assert!(!problems.contains("hand.usual_cache") && !problems.contains("hand.sidebar"), "{problems}");
    assert_eq!(fragment!("hand.unknown", using = "unknown"; "text"), "text");
}
