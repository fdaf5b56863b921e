//! Posts, as they are read.

use larder::{KeyPart, cached};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::error::Error;
use crate::users::are_shown;

/// A post, as readers see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) author: i64,
    pub(crate) author_name: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) tags: Vec<String>,
    pub(crate) day: String,
    /// Counts how often it was written.
    pub(crate) revision: i64,
}

/// Says which posts are meant.
#[derive(Clone, Debug, Default, Deserialize, KeyPart)]
pub(crate) struct Choice {
    pub(crate) author: Option<i64>,
    pub(crate) tag: Option<String>,
    pub(crate) page: Option<u32>,
}

/// Some of the posts that are meant, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) posts: Vec<Post>,
    pub(crate) has_more: bool,
}

const AT_ONCE: u32 = 8;

const POSTS: &str = "select posts.id, author, name, title, text, date(written, 'unixepoch'), revision, \
                     coalesce((select group_concat(tag, ' ' order by tag) from tags where post = posts.id), '') \
                     from posts join users on users.id = author ";

/// Returns a post. That there is none is an error, and not kept.
#[cached(key = "post:<id>", ignore(db))]
pub(crate) async fn post(db: &Db, id: i64) -> Result<Post, Error> {
    let post = db.read(move |connection| by_id(connection, id)).await?;
    are_shown([post.author]);
    Ok(post)
}

/// Returns some posts. All lists have one tag: which of them show a post, nobody has to know.
#[cached(key = "posts:<choice>", tags = ["posts"], when = |listed| !listed.posts.is_empty(), ignore(db))]
pub(crate) async fn list(db: &Db, choice: Choice) -> Result<Listed, Error> {
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

/// Returns some posts with this text. Here the page is kept, and not what it shows: nothing else asks for that.
pub(crate) async fn search(db: &Db, text: String, page: Option<u32>) -> Result<Listed, Error> {
    db.read(move |connection| {
        let sql = format!(
            "{POSTS} where instr(lower(title || ' ' || text), lower(?1)) > 0 order by posts.id desc limit ?2 offset ?3"
        );
        listed(connection, &sql, params![text, AT_ONCE + 1, offset(page)])
    })
    .await
}

/// Returns all posts of somebody.
pub(crate) async fn all_of(db: &Db, author: i64) -> Result<Vec<Post>, Error> {
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
