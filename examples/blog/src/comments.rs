//! Comments: how they are read, and how one is written.

use larder::{cached, created};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::error::Error;
use crate::users::{User, are_shown};

/// A comment, as readers see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) post: i64,
    pub(crate) post_title: String,
    /// Who has written the post.
    pub(crate) post_author: i64,
    pub(crate) author: i64,
    pub(crate) author_name: String,
    pub(crate) text: String,
    pub(crate) day: String,
}

const COMMENTS: &str = "select post, title, posts.author, comments.author, name, comments.text, \
                        date(comments.written, 'unixepoch') \
                        from comments join posts on posts.id = post join users on users.id = comments.author ";

/// Returns the comments on a post, the oldest first.
#[cached(key = "comments:<post>", ignore(db))]
pub(crate) async fn on(db: &Db, post: i64) -> Result<Vec<Comment>, Error> {
    let comments = some(db, "where post = ?1 order by comments.id", post).await?;
    are_shown(comments.iter().map(|comment| comment.author));
    Ok(comments)
}

/// Returns what others have said lately about the posts of somebody.
pub(crate) async fn for_author(db: &Db, author: i64) -> Result<Vec<Comment>, Error> {
    some(db, "where posts.author = ?1 and comments.author <> ?1 order by comments.id desc limit 8", author).await
}

/// Writes a comment, unless its post is gone.
pub(crate) async fn add(db: &Db, author: &User, post: i64, text: String) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::Invalid("A comment says something."));
    }
    let author = author.id;
    db.write(async move |write| {
        let insert = "insert into comments (post, author, text, written) values (?1, ?2, ?3, unixepoch()) returning id";
        let comment = write.run(move |connection| {
            let id: i64 = connection.query_row(insert, params![post, author, text], |row| row.get(0))?;
            Ok(connection.query_row(&format!("{COMMENTS} where comments.id = ?1"), [id], read)?)
        });
        created(&comment.await?).await;
        Ok(())
    })
    .await
    .map_err(|error| if error.is_conflict() { Error::Missing } else { error })
}

async fn some(db: &Db, which: &'static str, of: i64) -> Result<Vec<Comment>, Error> {
    db.read(move |connection| {
        let mut statement = connection.prepare_cached(&format!("{COMMENTS} {which}"))?;
        Ok(statement.query_map([of], read)?.collect::<Result<_, _>>()?)
    })
    .await
}

fn read(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        post: row.get(0)?,
        post_title: row.get(1)?,
        post_author: row.get(2)?,
        author: row.get(3)?,
        author_name: row.get(4)?,
        text: row.get(5)?,
        day: row.get(6)?,
    })
}
