//! Who has logged in, by a cookie.

use larder::{cached, invalidates};
use ring::digest;
use rusqlite::{OptionalExtension, params};

use crate::db::Db;
use crate::error::Error;
use crate::password::{hex, random};
use crate::users::{self, User};

/// The name of the cookie.
pub const COOKIE: &str = "session";
const FORTNIGHT: i64 = 60 * 60 * 24 * 14;

/// Begins a session, and returns the cookie that stands for it. Each login gets another one.
pub async fn begin(db: &Db, user: &User) -> Result<String, Error> {
    let (token, user) = (hex(&random::<32>()), user.id);
    let digest = digest_of(&token);
    db.write(async move |write| {
        let sql = "insert into sessions (digest, user, ends) values (?1, ?2, unixepoch() + ?3)";
        write.run(move |connection| Ok(connection.execute(sql, params![digest, user, FORTNIGHT])?)).await
    })
    .await?;
    // `Lax` keeps it out of what other sites have sent here. A site with TLS adds `Secure`, and `__Host-` to the name.
    Ok(format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={FORTNIGHT}"))
}

/// Returns the cookie that takes another one away.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Ends the session that a cookie stands for, for all processes. Whom another one is letting in at this moment, it lets in.
pub async fn end(db: &Db, token: &str) -> Result<(), Error> {
    remove(db, digest_of(token)).await
}

#[invalidates(user_of(&digest))]
async fn remove(db: &Db, digest: String) -> Result<(), Error> {
    db.write(async move |write| {
        write.run(move |connection| Ok(connection.execute("delete from sessions where digest = ?1", [digest])?)).await
    })
    .await
    .map(drop)
}

/// Returns who has come with this cookie.
pub async fn user(db: &Db, token: &str) -> Result<Option<User>, Error> {
    user_of(db, digest_of(token)).await
}

/// Returns whose session this is. Everybody who has logged in asks on each request, and the database is asked once a
/// minute.
///
/// The key holds a digest: who reads the store of the cache cannot log in with it. What nobody has begun is not kept,
/// so that cookies that somebody has made up take no room.
#[cached(key = "session:<digest>", ttl = 60, when = |user| user.is_some(), ignore(db))]
async fn user_of(db: &Db, digest: String) -> Result<Option<User>, Error> {
    let user = db
        .read(move |connection| {
            let sql = "select users.id, name from sessions join users on users.id = user \
                       where digest = ?1 and ends > unixepoch()";
            let user = |row: &rusqlite::Row<'_>| Ok(User { id: row.get(0)?, name: row.get(1)? });
            Ok(connection.query_row(sql, [digest], user).optional()?)
        })
        .await?;
    users::are_shown(user.iter().map(|user| user.id));
    Ok(user)
}

/// Returns what the cookie says, out of the lines of the header `Cookie`.
pub fn token<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let cookies = lines.into_iter().flat_map(|line| line.split(';'));
    let mut cookies = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

fn digest_of(token: &str) -> String {
    hex(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}
