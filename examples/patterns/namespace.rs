//! All of one blog in one step. With a version in each key and a counter for it, a counter that is lost begins at 1
//! again, and what was kept under 1 is served once more; a namespace draws a version that never was.

use larder::{Cache, Error, Namespace, Options, key};

use super::db::Db;

fn of_blog(cache: &Cache, blog: u64) -> Namespace {
    cache.namespace(format!("blog:{blog}"))
}

/// The title of a post of a blog.
pub fn title(cache: &Cache, db: &Db, blog: u64, post: u64) -> String {
    let load = || db.answer(format!("post {post} of blog {blog}"));
    of_blog(cache, blog).blocking().get_or_load(key!("title:<post>"), Options::ttl(600), load)
}

/// Forgets all that is kept of a blog.
pub fn forget(cache: &Cache, blog: u64) -> Result<(), Error> {
    of_blog(cache, blog).invalidate_blocking()
}
