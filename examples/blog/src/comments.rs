//! Comments: how they are read, and how one is written.

use larder::{cached, created};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::error::Error;
use crate::users::{User, are_shown};

/// A comment, as readers see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comment {
    pub post: i64,
    pub post_title: String,
    /// Who has written the post.
    pub post_author: i64,
    pub author: i64,
    pub author_name: String,
    pub text: String,
    pub day: String,
}

/// What somebody has written in the form.
#[derive(Debug, Deserialize)]
pub struct Said {
    text: String,
}

const COMMENTS: &str = "select post, title, posts.author, comments.author, name, comments.text, \
                        date(comments.written, 'unixepoch') \
                        from comments join posts on posts.id = post join users on users.id = comments.author ";

/// Returns the comments on a post, the oldest first.
#[cached(key = "comments:<post>", ignore(db))]
pub async fn on(db: &Db, post: i64) -> Result<Vec<Comment>, Error> {
    let comments = some(db, "where post = ?1 order by comments.id", post).await?;
    are_shown(comments.iter().map(|comment| comment.author));
    Ok(comments)
}

/// Returns what others have said lately about the posts of somebody.
pub async fn for_author(db: &Db, author: i64) -> Result<Vec<Comment>, Error> {
    some(db, "where posts.author = ?1 and comments.author <> ?1 order by comments.id desc limit 8", author).await
}

/// Forgets what is kept of a comment. The pages that show it are their sites' own to forget, and go after it.
pub async fn forget(comment: &Comment) {
    on::invalidate(comment.post).await;
}

/// Writes a comment, unless its post is gone.
pub async fn add(db: &Db, author: &User, post: i64, said: Said) -> Result<(), Error> {
    let Said { text } = said;
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
