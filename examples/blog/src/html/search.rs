//! Posts with a text.

use super::markup::{encoded, html};
use super::{frame, parts};
use crate::posts::{Listed, Wanted};

pub fn search(wanted: &Wanted, listed: &Listed) -> String {
    let Wanted { q, page } = wanted;
    if q.trim().is_empty() {
        return frame("Search", &html! { "<h1>Search</h1><p>For which words?</p>" });
    }
    let none = listed.posts.is_empty().then(|| html! { "<p>No post has it.</p>" });
    let path = format!("/search?q={}&page=", encoded(q));
    let found = parts::beginnings(listed, &path, *page);
    frame("Search", &html! { "<h1>Posts with “" (q) "”</h1>" (none) (found) })
}
