//! Keys that are made of parts. Joined by hand, a tag `a:page=2` is another page of tag `a`; here what separates parts
//! is escaped inside of them, and what would be too long ends in a digest of all of it.

use larder::key;
use larder::key::{Key, KeyPart};

/// A key by its name: `articles:list:v2:author=17`.
pub fn articles(author: u64) -> Key {
    key!("articles:list:v2:author=<author>")
}

/// A view and its parameters, in whatever order they come: `blog:page=2:tag=rust`.
pub fn blog(parameters: &[(&str, &dyn KeyPart)]) -> Key {
    key::view("blog", parameters.iter().copied())
}

/// A view as one user sees it: `dashboard:user_7:tab=stars`.
pub fn dashboard(user: u64, tab: &str) -> Key {
    key::user_view("dashboard", &user, [("tab", tab)])
}

/// A page of a list. A filter that is empty is none; one that is 0 is a filter.
pub fn posts(page: u64, tag: Option<&str>, likes: Option<u32>) -> Key {
    let filters: [(&str, &dyn KeyPart); 2] = [("tag", &tag), ("likes", &likes)];
    key::page("posts", page, 10, filters)
}

/// Text of any length.
pub fn search(words: &str) -> Key {
    key!("search:<words>")
}
