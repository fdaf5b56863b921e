//! What withdraws what: functions, events, tags and sites, as the program was seen to do it, and the tags that sites say.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write;

use cache_core::registry::effects::{By, Effect, On, effects};
use serde::Serialize;

use super::answer::text;
use super::places;

#[derive(Serialize)]
struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Serialize)]
struct Node {
    id: String,
    kind: &'static str,
    label: String,
    place: Option<String>,
    /// The number of a site.
    site: Option<usize>,
}

#[derive(Serialize)]
struct Edge {
    from: String,
    to: String,
    /// How often, since the panel was made; of a tag that a site says nobody counts it.
    count: Option<u64>,
}

/// What can be told apart, in the order in which it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    By(By),
    /// The pattern of a tag, whatever its places are called.
    Tag(String),
    OtherTags,
    Site(usize),
}

#[derive(Default)]
struct Drawing {
    nodes: BTreeMap<What, Node>,
    edges: BTreeMap<(What, What), Option<u64>>,
    /// How many nodes have an id that begins with a letter.
    lettered: BTreeMap<&'static str, usize>,
}

pub(super) fn graph() -> String {
    let mut drawing = Drawing::default();
    // First, so that a tag is called what sites call it.
    for (number, site) in places::all().iter().enumerate() {
        for pattern in site.tag_patterns() {
            let edge = (drawing.tag(pattern), drawing.site(number));
            drawing.edges.entry(edge).or_default();
        }
    }
    for Effect { by, on, count } in effects() {
        let to = match on {
            On::Site(site) => match places::number_of(site) {
                Some(number) => drawing.site(number),
                None => continue,
            },
            On::Tag(Some(pattern)) => drawing.tag(pattern),
            On::Tag(None) => drawing.add(What::OtherTags, "t", "tag", "other tags".to_owned(), None),
        };
        let from = drawing.by(by);
        *drawing.edges.entry((from, to)).or_default().get_or_insert(0) += count;
    }
    drawing.finish()
}

impl Drawing {
    fn add(
        &mut self,
        what: What,
        letter: &'static str,
        kind: &'static str,
        label: String,
        place: Option<String>,
    ) -> What {
        let Entry::Vacant(node) = self.nodes.entry(what.clone()) else { return what };
        let number = self.lettered.entry(letter).or_default();
        let site = if let What::Site(number) = what { Some(number) } else { None };
        let id = format!("{letter}{}", site.unwrap_or(*number));
        *number += 1;
        node.insert(Node { id, kind, label, place, site });
        what
    }

    fn site(&mut self, number: usize) -> What {
        let site = places::all()[number];
        let place = format!("{}:{}", site.file(), site.line());
        self.add(What::Site(number), "s", "site", site.name().to_owned(), Some(place))
    }

    fn tag(&mut self, pattern: &str) -> What {
        self.add(What::Tag(unnamed(pattern)), "t", "tag", pattern.to_owned(), None)
    }

    fn by(&mut self, by: By) -> What {
        let what = What::By(by);
        match by {
            By::Function(name, place) => {
                let place = format!("{}:{}", place.file(), place.line());
                self.add(what, "w", "writer", name.to_owned(), Some(place))
            }
            By::Event(name) => self.add(what, "e", "event", short(name), Some(name.to_owned())),
            By::Hand => self.add(what, "w", "writer", "calls by hand".to_owned(), None),
        }
    }

    fn finish(self) -> String {
        let id = |what: &What| self.nodes[what].id.clone();
        let edges = self.edges.iter().map(|((from, to), count)| Edge { from: id(from), to: id(to), count: *count });
        let edges = edges.collect();
        text(&Graph { edges, nodes: self.nodes.into_values().collect() })
    }
}

/// Returns a pattern without the names of its places: functions call the same tag by what they have at hand.
fn unnamed(pattern: &str) -> String {
    let (mut bare, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('<') {
        let _ = write!(bare, "{before}<");
        rest = match after.strip_prefix('<') {
            Some(after) => {
                bare.push('<');
                after
            }
            None => after.split_once('>').map_or("", |(_, after)| {
                bare.push('>');
                after
            }),
        };
    }
    bare + rest
}

/// Returns the name of a type without the modules that it and its parameters stand in.
fn short(name: &str) -> String {
    let (mut short, mut from) = (String::new(), 0);
    for (at, sign) in name.char_indices().filter(|(_, sign)| !sign.is_alphanumeric() && !matches!(sign, '_' | ':')) {
        let _ = write!(short, "{}{sign}", name[from..at].rsplit("::").next().unwrap_or_default());
        from = at + sign.len_utf8();
    }
    short + name[from..].rsplit("::").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_one_tag_are_one_whatever_their_places_are_called() {
        assert_eq!(unnamed("author:<post.author>"), unnamed("author:<author>"));
        assert_eq!(unnamed("a<<b<c>d"), "a<<b<>d");
        assert_ne!(unnamed("author:<id>"), unnamed("author:<id>:posts"));
        assert_eq!(unnamed("news"), "news");
    }

    #[test]
    fn a_type_is_called_by_its_own_name() {
        assert_eq!(short("blog::posts::Post"), "Post");
        assert_eq!(short("alloc::vec::Vec<blog::Post>"), "Vec<Post>");
        assert_eq!(short("&str"), "&str");
    }
}
