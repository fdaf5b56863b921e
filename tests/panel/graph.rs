//! What withdraws what.

use larder::{cached, changed_blocking, invalidate_tag_blocking, invalidates, on_change_blocking, testing, updates};
use serde_json::Value;

use crate::browser::{Browser, each, open};

#[cached(key = "graph:article:<id>:<author>", tags = ["graph:author:<author>"])]
fn article(id: u64, author: u64) -> u64 {
    id + author
}

#[cached(key = "graph:heading:<id>")]
fn heading(id: u64) -> u64 {
    id
}

#[invalidates(article(id, author), heading(id))]
fn rename(id: u64, author: u64) {}

#[invalidates(article(id, author))]
fn redate(id: u64, author: u64) {}

#[invalidates(heading(id))]
fn fails(id: u64) -> Result<(), String> {
    Err(format!("{id} is not there"))
}

#[invalidates(tag = "graph:author:<who>")]
fn ban(who: u64) {}

#[updates(heading(id))]
fn entitle(id: u64) -> u64 {
    id
}

#[derive(Clone)]
struct Post(u64);

/// Returns how often one of this name was seen to change another; nothing where no arrow leads there.
fn count(browser: &Browser, from: &str, to: &str) -> Option<u64> {
    let graph = browser.json("/api/graph");
    let nodes = graph["nodes"].as_array().unwrap();
    let id = |label: &str| nodes.iter().find(|node| node["label"] == label).map(|node| node["id"].clone());
    let (from, to) = (id(from)?, id(to)?);
    let mut edges = graph["edges"].as_array().unwrap().iter();
    let edge = edges.find(|edge| edge["from"] == from && edge["to"] == to)?;
    Some(edge["count"].as_u64().unwrap_or(0))
}

#[test]
fn arrows_lead_from_what_changes_to_what_goes_by_that() {
    let _larder = testing::isolated();
    each(|on| {
        let browser = on(open());
        let seen = |from: &str, to: &str| count(&browser, from, to);
        let before = seen("rename", "article").unwrap_or(0);
        assert_eq!(seen("graph:author:<author>", "article"), Some(0), "a site says its tags");
        (0..3).for_each(|id| rename(id, 7));
        assert_eq!((seen("rename", "article"), seen("rename", "heading")), (Some(before + 3), Some(before + 3)));
        fails(1).unwrap_err();
        assert_eq!(seen("fails", "heading"), None, "what fails withdraws nothing");
        ban(7);
        assert!(seen("ban", "graph:author:<author>").is_some(), "whatever it calls the author");
        entitle(1);
        assert!(seen("entitle", "heading").is_some());
        on_change_blocking::<Post>(|post| {
            heading::invalidate(post.0);
            rename(post.0, 7);
            let _ = invalidate_tag_blocking(format!("graph:author:{}", post.0));
        });
        changed_blocking(&Post(1));
        assert!(seen("Post", "heading") >= Some(2) && seen("Post", "article").is_some());
        assert!(seen("Post", "graph:author:<author>").is_some());
        let by_hand = || seen("calls by hand", "article").unwrap_or(0);
        let before = by_hand();
        article::invalidate(1, 2);
        assert_eq!(by_hand(), before + 1);
        invalidate_tag_blocking("nobody's tag").unwrap();
        assert!(seen("calls by hand", "other tags").is_some());
    });
}

#[test]
fn nodes_say_what_they_are_and_where_and_no_key_is_among_them() {
    let _larder = testing::isolated();
    each(|on| {
        redate(123_456, 7);
        let browser = on(open());
        redate(123_456, 7);
        let answer = browser.get("/api/graph");
        assert!(!answer.text.contains("123456"), "{}", answer.text);
        let graph = answer.json();
        let nodes = graph["nodes"].as_array().unwrap();
        let node = |label: &str| nodes.iter().find(|node| node["label"] == label).expect(label);
        let (writer, site, tag) = (node("redate"), node("article"), node("graph:author:<author>"));
        assert_eq!((&writer["kind"], &site["kind"], &tag["kind"]), (&"writer".into(), &"site".into(), &"tag".into()));
        assert_eq!((&writer["place"], &tag["place"]), (&format!("{}:21", file!()).into(), &Value::Null));
        assert_eq!(site["site"], browser.site("graph:article:<id>:<author>")["id"]);
        let ids: std::collections::BTreeSet<_> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), nodes.len());
        for edge in graph["edges"].as_array().unwrap() {
            assert!([&edge["from"], &edge["to"]].iter().all(|end| ids.contains(end.as_str().unwrap())), "{edge}");
        }
    });
}
