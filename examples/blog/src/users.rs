//! Who writes here.

use larder::{Key, changed, entry, invalidate_tag, key};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::db::{Db, beside};
use crate::error::Error;
use crate::password;

/// Somebody who has an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: i64,
    /// What readers see. What somebody logs in with is another name.
    pub name: String,
}

impl User {
    /// Returns whether they look after the blog: whoever was here first does.
    pub fn is_editor(&self) -> bool {
        self.id == 1
    }
}

/// What somebody logs in with.
#[derive(Deserialize)]
pub struct Claim {
    login: String,
    password: String,
}

/// What somebody wants to be called.
#[derive(Deserialize)]
pub struct NewName {
    name: String,
}

/// Says of what is being made, a page or the result of a function, whose names it shows.
pub fn are_shown(users: impl IntoIterator<Item = i64>) {
    for user in users {
        entry::tag(tag(user));
    }
}

fn tag(user: i64) -> Key {
    key!("user:<user>")
}

/// Forgets all that shows somebody's name, in more places than anybody can list: each of them has said so by a tag.
pub async fn forget(user: &User) {
    let _ = invalidate_tag(tag(user.id)).await;
}

/// Returns who logs in with this name and this password.
pub async fn with_password(db: &Db, claim: Claim) -> Result<Option<User>, Error> {
    let Claim { login, password } = claim;
    let found = db
        .read(move |connection| {
            let sql = "select id, name, password from users where login = ?1";
            let user = |row: &rusqlite::Row<'_>| Ok((User { id: row.get(0)?, name: row.get(1)? }, row.get(2)?));
            Ok(connection.query_row(sql, [login], user).optional()?)
        })
        .await?;
    let (user, kept): (_, Option<String>) = found.unzip();
    let is_right = beside(move || password::is_right(&password, kept.as_deref())).await?;
    Ok(user.filter(|_| is_right))
}

/// Gives somebody another name, unless somebody else has it.
pub async fn rename(db: &Db, user: User, new: NewName) -> Result<(), Error> {
    let user = User { name: new.name, ..user };
    if user.name.trim().is_empty() || user.name.chars().count() > 40 {
        return Err(Error::Invalid("A name has one to forty letters."));
    }
    let renamed = db
        .write(async move |write| {
            changed(&user).await;
            let sql = "update users set name = ?2 where id = ?1";
            write.run(move |connection| Ok(connection.execute(sql, params![user.id, user.name])?)).await
        })
        .await;
    match renamed {
        Err(error) if error.is_conflict() => Err(Error::Invalid("Somebody else has this name.")),
        renamed => renamed.map(drop),
    }
}
