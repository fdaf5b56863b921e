//! A function that handlers call, with a result of its own.

use larder::{cached, entry};

#[cached(key = "said:inner:<id>")]
pub async fn inner(id: u64) -> u64 {
    std::future::ready(()).await;
    assert!(entry::tag("said:inner"));
    id
}

#[cached(key = "said:inherited:name", tags = ["said:inherited:names"])]
fn name() -> String {
    "Ada".to_owned()
}

#[cached(key = "said:inherited:greeting")]
pub fn greeting() -> String {
    format!("Hello, {}", name())
}
