#![deny(dead_code)]

use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[invalidates(profile(id))]
fn save(id: u64) -> u64 {
    id
}

fn main() {
    profile(1);
}
