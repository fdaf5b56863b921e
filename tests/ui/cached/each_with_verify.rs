use std::collections::HashMap;

use larder::cached;

#[cached(key = "users:<id>", each(id in ids), verify = 0.001)]
fn users(ids: &[u64]) -> HashMap<u64, String> {
    ids.iter().map(|id| (*id, id.to_string())).collect()
}

fn main() {
    users(&[1]);
}
