//! Refresh ahead: after four fifths of its time, a value that is in use is made anew. With a thread for each request
//! past the threshold, a busy value is made a thousand times; with a second key for its age, the two part. Here there
//! is one entry, and one refresh, beside all callers, since the arguments are owned. One that fails leaves the value as
//! it is.

use larder::cached;
use tokio::task::yield_now;

use super::db::Db;

/// What a currency is worth, by the figures of the bank.
#[cached(key = "rate:<currency>", ttl = 100, refresh_ahead = 0.8, ignore(db))]
pub async fn rate(db: Db, currency: &'static str) -> String {
    yield_now().await;
    let number = db.asked() + 1;
    db.answer(format!("{currency} by list {number}"))
}
