use std::collections::HashMap;

use larder::cached;

#[derive(Clone)]
struct User;

#[cached(key = "users:<id>", each(id in ids))]
fn users(ids: &[u64]) -> HashMap<u64, User> {
    ids.iter().map(|id| (*id, User)).collect()
}

fn main() {

}
