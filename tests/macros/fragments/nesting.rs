//! Fragments in fragments: what is around one goes with its tags, and lasts no longer.

use std::time::Duration;

use larder::fragment::{Text, fragment_key};
use larder::{Options, Ttl, cached, entry, fragment, testing};

use crate::Runs;

fn inner(runs: &Runs) -> Text {
    fragment!("nest.inner", ttl = 60, tags = ["nest:author:7"]; format!("inner {}", runs.next()))
}

fn middle(runs: &Runs) -> Text {
    fragment!("nest.middle", ttl = 300; format!("({})", inner(runs)))
}

fn outer(runs: &Runs) -> Text {
    fragment!("nest.outer", ttl = 900; format!("[{}]", middle(runs)))
}

#[test]
fn what_goes_with_a_tag_is_not_frozen_in_what_is_around_it() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    assert_eq!(outer(&runs), "[(inner 1)]");
    assert_eq!(outer(&runs), "[(inner 1)]");
    larder::invalidate_tag_blocking("nest:author:7").expect("it is in memory");
    assert_eq!(outer(&runs), "[(inner 2)]");
}

#[test]
fn what_is_around_a_fragment_lasts_no_longer_than_that_also_where_it_was_kept_already() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let left = |name: &str| larder.cache("default").blocking().ttl(fragment_key(name, [(); 0])).expect("in memory");
    assert_eq!(middle(&runs), "(inner 1)");
    larder.advance(Duration::from_secs(20));
    // The inner one is not even looked for: that it ends in forty seconds is known by the one in the middle.
    assert_eq!(outer(&runs), "[(inner 1)]");
    assert_eq!(left("nest.outer"), Some(Ttl::For(Duration::from_secs(40))));
    larder.advance(Duration::from_secs(40));
    assert_eq!(outer(&runs), "[(inner 2)]");
    larder::invalidate_tag_blocking("nest:author:7").expect("it is in memory");
    assert_eq!(outer(&runs), "[(inner 3)]");
}

#[test]
fn a_fragment_that_is_never_kept_is_not_kept_by_what_is_around_it_either() {
    let (_larder, runs) = (testing::isolated(), Runs::default());
    let seconds = 0_u64;
    let never = || fragment!("nest.never", ttl = seconds; runs.next().to_string());
    let around = || fragment!("nest.around_never"; never().to_string());
    assert_eq!([around(), around()], ["1", "2"]);
    let guess = || {
        fragment!("nest.guess"; {
            entry::discard();
            runs.next().to_string()
        })
    };
    let around = || fragment!("nest.around_guess"; guess().to_string());
    assert_eq!([around(), around()], ["3", "4"]);
}

#[test]
fn what_the_body_says_of_its_text_goes_for_what_is_around_it_too() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let inner = || {
        fragment!("nest.told", ttl = 900; {
            entry::keep_for(Duration::from_secs(5));
            entry::tag("nest:told");
            runs.next().to_string()
        })
    };
    let outer = || fragment!("nest.around_told", ttl = 900; inner().to_string());
    assert_eq!([outer(), outer()], ["1", "1"]);
    larder.advance(Duration::from_secs(5));
    assert_eq!(outer(), "2");
    larder::invalidate_tag_blocking("nest:told").expect("it is in memory");
    assert_eq!(outer(), "3");
}

#[cached(key = "nest:page", ttl = 900, ignore(runs))]
fn page(runs: &Runs) -> String {
    format!("<{}>", inner(runs))
}

#[test]
fn a_cached_function_goes_with_the_fragments_in_its_result() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    assert_eq!([page(&runs), page(&runs)], ["<inner 1>", "<inner 1>"]);
    larder::invalidate_tag_blocking("nest:author:7").expect("it is in memory");
    assert_eq!(page(&runs), "<inner 2>");
    larder.advance(Duration::from_secs(60));
    assert_eq!(page(&runs), "<inner 3>");
}

#[test]
fn a_fragment_whose_cache_is_off_says_so_of_what_is_around_it_and_no_more() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    larder.cache("special").switch_off();
    let inner = || fragment!("nest.off", ttl = 60, using = "special", tags = ["nest:off"]; runs.next().to_string());
    let around = || larder.cache("default").blocking().get_or_load("around", Options::ttl(900), || inner().to_string());
    assert_eq!([around(), around()], ["1", "1"]);
    assert_eq!(
        larder.cache("default").blocking().ttl("around").expect("in memory"),
        Some(Ttl::For(Duration::from_secs(60)))
    );
    larder::invalidate_tag_blocking("nest:off").expect("it is in memory");
    assert_eq!(around(), "2");
}

#[test]
fn what_wants_its_own_tags_alone_has_none_of_its_fragments_and_still_lasts_no_longer() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let around = || {
        fragment!("nest.own", ttl = 900, tags = ["nest:own"]; {
            entry::own_tags();
            inner(&runs).to_string()
        })
    };
    assert_eq!(around(), "inner 1");
    larder::invalidate_tag_blocking("nest:author:7").expect("it is in memory");
    assert_eq!(around(), "inner 1");
    larder::invalidate_tag_blocking("nest:own").expect("it is in memory");
    assert_eq!(around(), "inner 2");
    larder.advance(Duration::from_secs(60));
    assert_eq!(around(), "inner 3");
}

#[test]
fn a_fragment_whose_cache_is_missing_has_its_tags_in_what_is_around_it() {
    let (larder, runs) = (testing::isolated(), Runs::default());
    let inner = || fragment!("nest.missing", using = "nowhere", tags = ["nest:missing"]; runs.next().to_string());
    let around = || larder.cache("default").blocking().get_or_load("around", Options::ttl(900), || inner().to_string());
    assert_eq!([around(), around()], ["1", "1"]);
    larder::invalidate_tag_blocking("nest:missing").expect("it is in memory");
    assert_eq!(around(), "2");
}

#[test]
fn a_fragment_in_itself_is_rendered_and_not_waited_for() {
    fn within(depth: usize) -> Text {
        fragment!("nest.itself"; if depth == 0 { "end".to_owned() } else { format!("({})", within(depth - 1)) })
    }
    let _larder = testing::isolated();
    assert_eq!(within(3), "(((end)))");
}
