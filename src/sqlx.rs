//! Transactions of [sqlx](https://docs.rs/sqlx), of whatever database.

use cache_core::{commit, registry};
use sqlx_core::database::Database;
use sqlx_core::error::{DatabaseError, Error};
use sqlx_core::transaction::{Transaction, TransactionManager};

/// Does some work in a transaction, and commits that if it is `Ok`; else rolls it back.
///
/// What the work invalidates is invalidated once more when the transaction has ended, whatever becomes of it, as by
/// [`after_commit`](crate::after_commit). Listeners hear of what is [`changed`](crate::changed) in it when it is
/// committed, and never of what is rolled back: for an error, a panic, a caller who leaves, or since the database
/// refuses to commit (a constraint, or another transaction that came first). Where nobody knows, as when the server is
/// gone during the commit, they are told.
///
/// What cached functions read in it is neither kept nor handed to others. What was kept before is still served in it.
///
/// ```no_run,standalone_crate
/// use larder::{cached, changed, on_change};
/// use sqlx::PgPool;
///
/// #[derive(Clone)]
/// struct Post {
///     id: i64,
///     title: String,
/// }
///
/// #[cached(key = "post:<id>", ignore(pool))]
/// async fn title(pool: &PgPool, id: i64) -> Result<String, sqlx::Error> {
///     sqlx::query_scalar("SELECT title FROM posts WHERE id = $1").bind(id).fetch_one(pool).await
/// }
///
/// // Once, where the program starts.
/// fn listen() {
///     on_change::<Post>(async |post| title::invalidate(post.id).await);
/// }
///
/// async fn save(pool: &PgPool, post: &Post) -> Result<(), sqlx::Error> {
///     larder::sqlx::commit(pool.begin().await?, async |connection| {
///         let update = sqlx::query("UPDATE posts SET title = $2 WHERE id = $1").bind(post.id).bind(&post.title);
///         update.execute(&mut *connection).await?;
///         changed(post).await;
///         Ok(())
///     })
///     .await
/// }
/// ```
///
/// A caller who leaves during the commit leaves that to the runtime (feature `tokio`), and listeners are told after it.
/// One who leaves before it has the transaction rolled back.
///
/// The work gets the connection that it is on, and neither commits it nor rolls it back by hand.
///
/// It is a transaction by itself, also where it stands in other work. For a savepoint there is [`commit_borrowed`].
///
/// # Errors
///
/// Those of the work, and that of the commit.
pub async fn commit<DB, T, E>(
    mut transaction: Transaction<'static, DB>,
    work: impl AsyncFnOnce(&mut DB::Connection) -> Result<T, E>,
) -> Result<T, E>
where
    DB: Database,
    E: From<Error>,
{
    let work = async move {
        match work(&mut transaction).await {
            Ok(value) => Ok((value, transaction.commit())),
            Err(error) => Err(roll_back(transaction, error).await),
        }
    };
    commit::transaction(registry::executor(), work, is_refusal).await
}

/// Does the same as [`commit()`] on a connection that is borrowed: for a savepoint, which is a transaction begun in
/// another one and takes effect with that.
///
/// What the transaction around it comes to is known where that is one of [`commit()`]. Elsewhere listeners are told
/// when the savepoint is released.
///
/// A caller who leaves during the commit leaves it open: it may take effect after listeners were told.
///
/// ```no_run
/// use larder::changed;
/// use sqlx::{Connection, PgPool};
/// # #[derive(Clone)]
/// # struct Tag(i64);
///
/// # async fn tag(pool: &PgPool, tag: Tag) -> Result<(), sqlx::Error> {
/// larder::sqlx::commit(pool.begin().await?, async |connection| {
///     let tagged = larder::sqlx::commit_borrowed(connection.begin().await?, async |connection| {
///         sqlx::query("INSERT INTO tags VALUES ($1)").bind(tag.0).execute(&mut *connection).await?;
///         changed(&tag).await;
///         Ok::<_, sqlx::Error>(())
///     })
///     .await;
///     // What is in the savepoint is undone where that fails, and the rest is not.
///     if tagged.is_err() {
///         println!("the tag is there already");
///     }
///     Ok(())
/// })
/// .await
/// # }
/// ```
///
/// # Errors
///
/// Those of the work, and that of the commit.
pub async fn commit_borrowed<DB, T, E>(
    mut transaction: Transaction<'_, DB>,
    work: impl AsyncFnOnce(&mut DB::Connection) -> Result<T, E>,
) -> Result<T, E>
where
    DB: Database,
    E: From<Error>,
{
    let is_savepoint = DB::TransactionManager::get_transaction_depth(&transaction) > 1;
    let work = async move {
        match work(&mut transaction).await {
            Ok(value) => {
                commit::committing_unless(transaction.commit(), is_refusal).await?;
                Ok(value)
            }
            Err(error) => Err(roll_back(transaction, error).await),
        }
    };
    commit::borrowed_transaction(is_savepoint, work).await
}

/// Rolls a transaction back for an error, and returns that.
async fn roll_back<DB: Database, E>(transaction: Transaction<'_, DB>, error: E) -> E {
    if let Err(trouble) = transaction.rollback().await {
        // It is rolled back all the same, by whoever uses the connection next or by the server.
        log::debug!(target: "larder", "a transaction has failed, and its connection too: {trouble}");
    }
    error
}

/// Returns whether a database says that it has not committed: for a constraint, or another transaction. Of all else
/// that it may say nobody knows what has happened before.
fn is_refusal(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.len() == 5 && (code.starts_with("23") || code.starts_with("40")) && code != "40003")
}
