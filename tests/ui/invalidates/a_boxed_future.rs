use std::pin::Pin;

use larder::{cached, invalidates};

#[cached(key = "row:<id>")]
fn row(id: u64) -> u64 {
    id
}

#[invalidates(row(id))]
fn write(id: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { id })
}

fn main() {}
