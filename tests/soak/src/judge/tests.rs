//! Histories that were written by hand, and pages that are right or wrong by them.

use super::*;
use crate::promise::{Kind, SECOND, Trouble};
use crate::truth::CommentLine;

const PROMISE: Promise = Promise::new(true, 60 * SECOND);

fn words(version: usize, tag: &str) -> Words {
    let title = format!("p1.{version} plum");
    Words { paragraphs: vec![format!("{title} begins"), format!("{title} ends")], title, tags: vec![tag.into()] }
}

/// Post 1 of person 7, written at second 10 and anew at second 20, each time at process 0, and comment 2 on it by
/// person 8, of second 15. Person 9 has a session.
fn known() -> Known {
    let mut known = Known::default();
    let mut history = History::new(None);
    for (second, tag) in [(10, "jam"), (20, "nuts")] {
        let words = words(history.states().len(), tag);
        let number = history.begin(Some(words), 0, second * SECOND);
        history.acknowledge(number, second * SECOND + 1);
    }
    known.posts.insert(1, PostLine { id: Some(5), author: 7, history, comments: vec![2] });
    known.live.insert(1);
    let mut history = History::new(false);
    history.begin(true, 0, 15 * SECOND);
    history.acknowledge(1, 15 * SECOND + 1);
    known.comments.insert(2, CommentLine { post: 1, author: 8, history });
    for (person, name) in [(7, "Ann"), (8, "Ben"), (9, "secret-u9-0-ab")] {
        known.names.insert(person, History::new(name.to_owned()));
    }
    known.sessions.insert("cookie".into(), (9, History::new(true)));
    known
}

fn post(version: usize, tag: &str) -> Post {
    let Words { title, paragraphs, tags } = words(version, tag);
    Post { id: 5, title, author: Some((7, "Ann".into())), tags: Some(tags), paragraphs, has_all: true }
}

fn said() -> Comment {
    Comment { author: (8, "Ben".into()), text: "c2 yes".into(), on: None }
}

fn detail(post: Post, comments: Vec<Comment>, visitor: Option<&str>) -> Shown {
    Shown::Detail { post, comments, visitor: visitor.map(str::to_owned) }
}

fn judged(
    known: &Known,
    of: usize,
    second: u64,
    expected: &Expected,
    shown: &Shown,
    cookie: Option<&str>,
) -> Result<Moment, String> {
    let asked = Asked { of, begun: second * SECOND, ended: second * SECOND + 1_000 };
    let mut judge = Judge::new(known, PROMISE, asked);
    judge.page(expected, shown, cookie).map(|()| judge.age)
}

/// Judges a page of the post that process `of` has shown to a stranger.
fn seen(known: &Known, of: usize, second: u64, shown: &Shown) -> Result<Moment, String> {
    judged(known, of, second, &Expected::Post(1), shown, None)
}

#[test]
fn a_page_that_shows_what_was_written_last_is_right() {
    for of in [0, 1] {
        assert_eq!(seen(&known(), of, 30, &detail(post(2, "nuts"), vec![said()], None)), Ok(0));
    }
}

#[test]
fn what_is_over_is_wrong_at_once_where_it_was_written_and_a_moment_later_elsewhere() {
    let old = detail(post(1, "jam"), vec![said()], None);
    let mut known = known();
    assert!(seen(&known, 0, 21, &old).is_err_and(|why| why.contains("0 ms are allowed")));
    assert!(seen(&known, 1, 22, &old).is_err());
    known.posts.get_mut(&1).expect("it is there").history.acknowledge(2, 21 * SECOND - 1_000);
    assert_eq!(seen(&known, 1, 21, &old), Ok(1_000), "the message is on its way");
}

#[test]
fn a_page_of_two_versions_is_wrong() {
    let mut torn = post(2, "nuts");
    torn.paragraphs[1] = words(1, "jam").paragraphs[1].clone();
    assert!(seen(&known(), 1, 30, &detail(torn, vec![said()], None)).is_err_and(|why| why.contains("never was")));
    assert!(seen(&known(), 1, 30, &detail(post(2, "jam"), vec![said()], None)).is_err(), "the tag of before");
}

#[test]
fn a_comment_that_is_missing_is_wrong() {
    let none = detail(post(2, "nuts"), Vec::new(), None);
    assert!(seen(&known(), 0, 30, &none).is_err_and(|why| why.contains("comment 2 is not there")));
    let early = detail(post(1, "jam"), Vec::new(), None);
    assert_eq!(seen(&known(), 0, 12, &early), Ok(0), "it was not said yet");
}

#[test]
fn somebody_elses_name_is_wrong_and_so_is_one_for_a_stranger() {
    let of = |visitor| detail(post(2, "nuts"), vec![said()], visitor);
    let seen = |visitor, cookie| judged(&known(), 0, 30, &Expected::Post(1), &of(visitor), cookie);
    assert_eq!(seen(Some("secret-u9-0-ab"), Some("cookie")), Ok(0));
    assert!(seen(Some("Ben"), Some("cookie")).is_err());
    assert!(seen(Some("secret-u9-0-ab"), None).is_err_and(|why| why.contains("no session")));
    assert!(seen(None, Some("cookie")).is_err(), "who has logged in is known");
}

#[test]
fn whoever_has_logged_out_is_let_in_no_more() {
    let mut known = known();
    let (_, history) = known.sessions.get_mut("cookie").expect("it is there");
    history.begin(false, 0, 25 * SECOND);
    history.acknowledge(1, 25 * SECOND + 1);
    let page = detail(post(2, "nuts"), vec![said()], Some("secret-u9-0-ab"));
    assert!(judged(&known, 0, 26, &Expected::Post(1), &page, Some("cookie")).is_err());
}

#[test]
fn a_list_that_leaves_somebody_out_is_wrong_and_one_with_a_stranger_in_it() {
    let list = |posts| Shown::List { posts, has_more: false };
    let tagged = |tag: &str| Expected::Posts(Choice { tag: Some(tag.into()), is_first: true, ..Choice::default() });
    let seen = |second, tag, posts| judged(&known(), 0, second, &tagged(tag), &list(posts), None);
    assert_eq!(seen(30, "nuts", vec![post(2, "nuts")]), Ok(0));
    assert!(seen(30, "nuts", Vec::new()).is_err_and(|why| why.contains("not among those")));
    assert_eq!(seen(30, "jam", Vec::new()), Ok(0), "it has that tag no more");
    assert!(seen(30, "bread", vec![post(2, "nuts")]).is_err_and(|why| why.contains("none of those")));
}

#[test]
fn things_that_never_were_at_one_time_are_no_list() {
    let mut known = known();
    let name = known.names.get_mut(&7).expect("she is there");
    name.begin("Anna".into(), 0, 16 * SECOND);
    name.acknowledge(1, 16 * SECOND + 1);
    // Each of them may be that old in an outage; but when the post was written anew, nobody was called Ann any more.
    known.troubles.push(Trouble { kind: Kind::Apart, node: None, from: SECOND, until: None });
    let list = Shown::List { posts: vec![post(2, "nuts")], has_more: false };
    let all = Expected::Posts(Choice { is_first: true, ..Choice::default() });
    assert!(judged(&known, 1, 30, &all, &list, None).is_err_and(|why| why.contains("no moment")));
}

#[test]
fn a_post_that_was_deleted_is_neither_shown_nor_missed() {
    let mut known = known();
    let history = &mut known.posts.get_mut(&1).expect("it is there").history;
    history.begin(None, 0, 25 * SECOND);
    history.acknowledge(3, 25 * SECOND + 1);
    assert!(seen(&known, 0, 26, &detail(post(2, "nuts"), vec![said()], None)).is_err());
    let asked = Asked { of: 0, begun: 26 * SECOND, ended: 26 * SECOND };
    assert_eq!(Judge::new(&known, PROMISE, asked).missing(1), Ok(()));
    let asked = Asked { of: 0, begun: 24 * SECOND, ended: 24 * SECOND };
    assert!(Judge::new(&known, PROMISE, asked).missing(1).is_err(), "it was there then");
}
