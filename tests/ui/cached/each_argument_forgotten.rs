use std::collections::HashMap;

use larder::cached;

#[cached(key = "users:<id>", each(id in ids))]
fn users(db: &str, ids: &[u64]) -> HashMap<u64, String> {
    ids.iter().map(|id| (*id, format!("{db} {id}"))).collect()
}

fn main() {
    users("db", &[1]);
}
