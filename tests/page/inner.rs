//! A function that handlers call, with a result of its own.

use larder::{cached, entry};

#[cached(key = "said:inner:<id>")]
pub async fn inner(id: u64) -> u64 {
    std::future::ready(()).await;
    assert!(entry::tag("said:inner"));
    id
}
