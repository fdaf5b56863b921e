//! Posts, as they are written.

use larder::{changed, created, deleted};
use rusqlite::params;
use serde::Deserialize;

use crate::db::{Db, Write};
use crate::error::Error;
use crate::posts::{Post, by_id};
use crate::users::User;

/// What somebody has written in the form.
#[derive(Debug, Default, Deserialize)]
pub struct Draft {
    pub title: String,
    pub text: String,
    pub tags: String,
}

impl Draft {
    /// Returns the tags: words of small letters, digits and hyphens.
    fn tags(&self) -> Result<Vec<String>, Error> {
        let mut tags: Vec<_> = self.tags.split([' ', ',']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if tags.len() > 5 || !tags.iter().all(|tag| tag.len() <= 30 && tag.chars().all(is_plain)) {
            return Err(Error::Invalid(
                "Up to five tags: small letters, digits and hyphens, with a space between them.",
            ));
        }
        tags.sort();
        tags.dedup();
        Ok(tags)
    }

    fn check(&self) -> Result<(), Error> {
        if self.title.trim().is_empty() || self.text.trim().is_empty() {
            return Err(Error::Invalid("A post has a title and a text."));
        }
        Ok(())
    }
}

/// Publishes a post.
pub async fn publish(db: &Db, author: &User, draft: Draft) -> Result<i64, Error> {
    draft.check()?;
    let (tags, author) = (draft.tags()?, author.id);
    db.write(async move |write| {
        let insert = "insert into posts (author, title, text, written) values (?1, ?2, ?3, unixepoch()) returning id";
        let id = write
            .run(move |on| Ok(on.query_row(insert, params![author, draft.title, draft.text], |row| row.get(0))?))
            .await?;
        set_tags(write, id, tags).await?;
        created(&write.run(move |connection| by_id(connection, id)).await?).await;
        Ok(id)
    })
    .await
}

/// Writes a post anew.
pub async fn edit(db: &Db, author: &User, id: i64, draft: Draft) -> Result<(), Error> {
    draft.check()?;
    let (tags, author) = (draft.tags()?, author.clone());
    db.write(async move |write| {
        let before = own(write, &author, id).await?;
        let update = "update posts set title = ?2, text = ?3, revision = revision + 1 where id = ?1";
        write.run(move |connection| Ok(connection.execute(update, params![id, draft.title, draft.text])?)).await?;
        set_tags(write, id, tags).await?;
        // It leaves the lists of its old tags, and comes into those of its new ones.
        changed(&before).await;
        changed(&write.run(move |connection| by_id(connection, id)).await?).await;
        Ok(())
    })
    .await
}

/// Deletes a post, with its tags and comments.
pub async fn delete(db: &Db, author: &User, id: i64) -> Result<(), Error> {
    let author = author.clone();
    db.write(async move |write| {
        deleted(&own(write, &author, id).await?).await;
        write.run(move |connection| Ok(connection.execute("delete from posts where id = ?1", [id])?)).await
    })
    .await
    .map(drop)
}

/// Returns a post that somebody may change, as it is in this transaction.
async fn own(write: &mut Write, author: &User, id: i64) -> Result<Post, Error> {
    let post = write.run(move |connection| by_id(connection, id)).await?;
    if post.author == author.id { Ok(post) } else { Err(Error::Forbidden) }
}

async fn set_tags(write: &mut Write, post: i64, tags: Vec<String>) -> Result<(), Error> {
    write
        .run(move |connection| {
            connection.execute("delete from tags where post = ?1", [post])?;
            for tag in tags {
                connection.execute("insert into tags (post, tag) values (?1, ?2)", params![post, tag])?;
            }
            Ok(())
        })
        .await
}
