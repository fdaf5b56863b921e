//! Posts, as they are read.

use larder::{KeyPart, cached, invalidate_tag, key};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::comments;
use crate::db::Db;
use crate::error::Error;
use crate::password::hex;
use crate::users::are_shown;

/// A post, as readers see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Post {
    pub id: i64,
    pub author: i64,
    pub author_name: String,
    pub title: String,
    pub text: String,
    pub tags: Vec<String>,
    pub day: String,
    /// Counts how often it was written.
    pub revision: i64,
}

/// Says which posts are meant.
#[derive(Clone, Debug, Default, Deserialize, KeyPart)]
pub struct Choice {
    pub author: Option<i64>,
    pub tag: Option<String>,
    pub page: Option<u32>,
}

impl Choice {
    /// Returns whether all posts are meant, from the first page on: that there is none yet is no mistake.
    pub fn is_everything(&self) -> bool {
        self.author.is_none() && self.tag.is_none() && self.page.is_none()
    }
}

/// Says which posts are looked for.
#[derive(Clone, Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    pub q: String,
    pub page: Option<u32>,
}

/// Some of the posts that are meant, the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Listed {
    pub posts: Vec<Post>,
    pub has_more: bool,
}

const AT_ONCE: u32 = 8;

const POSTS: &str = "select posts.id, author, name, title, text, date(written, 'unixepoch'), revision, \
                     coalesce((select group_concat(tag, ' ' order by tag) from tags where post = posts.id), '') \
                     from posts join users on users.id = author ";

/// Returns a post. That there is none is an error, and not kept.
#[cached(key = "post:<id>", ignore(db))]
pub async fn post(db: &Db, id: i64) -> Result<Post, Error> {
    let post = db.read(move |connection| by_id(connection, id)).await?;
    are_shown([post.author]);
    Ok(post)
}

/// Returns the `ETag` of a post as it is now.
pub async fn version(db: &Db, id: i64) -> Option<String> {
    Some(version_of(&post(db, id).await.ok()?))
}

/// Returns the `ETag` of a post: all that it depends on. Who has another name by now has changed it too.
///
/// An answer says that of the post in it, which may be a newer one than when its client's was looked at.
pub fn version_of(post: &Post) -> String {
    format!("\"{}-{}\"", post.revision, hex(post.author_name.as_bytes()))
}

/// Returns some posts. All pages of a list have its tag, and so have the pages of the site that are made of them.
#[cached(key = "posts:<choice>", tags = ["posts:<choice.author>:<choice.tag>"], when = |listed| !listed.posts.is_empty(), ignore(db))]
pub async fn list(db: &Db, choice: Choice) -> Result<Listed, Error> {
    let listed = db
        .read(move |connection| {
            let sql = format!(
                "{POSTS} where (?1 is null or author = ?1) \
                 and (?2 is null or exists (select 1 from tags where post = posts.id and tag = ?2)) \
                 order by posts.id desc limit ?3 offset ?4"
            );
            let from = params![choice.author, choice.tag, AT_ONCE + 1, offset(choice.page)];
            listed(connection, &sql, from)
        })
        .await?;
    are_shown(listed.posts.iter().map(|post| post.author));
    Ok(listed)
}

/// Forgets what is kept of a post. The pages that show it are their sites' own to forget, and go after it.
pub async fn forget(changed: &Post) {
    post::invalidate(changed.id).await;
    comments::on::invalidate(changed.id).await;
    for author in [None, Some(changed.author)] {
        for tag in [None].into_iter().chain(changed.tags.iter().map(Some)) {
            // A store that is away is told later, before anything is served from it again: `stats().trouble` counts it.
            let _ = invalidate_tag(key!("posts:<author>:<tag>")).await;
        }
    }
}

/// Returns some posts with this text. Here the page is kept, and not what it shows: nothing else asks for that.
pub async fn search(db: &Db, wanted: Wanted) -> Result<Listed, Error> {
    let Wanted { q: text, page } = wanted;
    if text.trim().is_empty() {
        return Ok(Listed::default());
    }
    db.read(move |connection| {
        let sql = format!(
            "{POSTS} where instr(lower(title || ' ' || text), lower(?1)) > 0 order by posts.id desc limit ?2 offset ?3"
        );
        listed(connection, &sql, params![text, AT_ONCE + 1, offset(page)])
    })
    .await
}

/// Returns all posts of somebody.
pub async fn all_of(db: &Db, author: i64) -> Result<Vec<Post>, Error> {
    db.read(move |connection| {
        let sql = format!("{POSTS} where author = ?1 order by posts.id desc");
        some(connection, &sql, [author])
    })
    .await
}

pub(crate) fn by_id(connection: &Connection, id: i64) -> Result<Post, Error> {
    Ok(connection.query_row(&format!("{POSTS} where posts.id = ?1"), [id], read)?)
}

fn listed(connection: &Connection, sql: &str, from: impl rusqlite::Params) -> Result<Listed, Error> {
    let mut posts = some(connection, sql, from)?;
    let has_more = posts.len() > AT_ONCE as usize;
    posts.truncate(AT_ONCE as usize);
    Ok(Listed { posts, has_more })
}

fn some(connection: &Connection, sql: &str, from: impl rusqlite::Params) -> Result<Vec<Post>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map(from, read)?.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Post> {
    let tags: String = row.get(7)?;
    Ok(Post {
        id: row.get(0)?,
        author: row.get(1)?,
        author_name: row.get(2)?,
        title: row.get(3)?,
        text: row.get(4)?,
        tags: tags.split_whitespace().map(str::to_owned).collect(),
        day: row.get(5)?,
        revision: row.get(6)?,
    })
}

fn offset(page: Option<u32>) -> u32 {
    (page.unwrap_or(1).max(1) - 1).saturating_mul(AT_ONCE)
}
