#![deny(dead_code)]

use larder::cached;

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

fn main() {}
