//! A lock, so that of ten servers one asks. By `add` with a short time, whoever loses has no value, `add` has two
//! winners where it is a question and a write, and who is late deletes the lock of another. `lock` waits for the value
//! of who was first, for as long as it says; and it is only thrift: where it is lost, the body runs, and nothing old is
//! kept by that.

use larder::cached;
use tokio::task::yield_now;

use super::db::Db;

/// A report that takes its time.
#[cached(key = "monthly:<month>", ttl = 3600, lock = 30, ignore(db))]
pub async fn report(db: Db, month: u32) -> String {
    yield_now().await;
    db.answer(format!("report of month {month}"))
}
