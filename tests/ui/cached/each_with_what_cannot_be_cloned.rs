use std::collections::HashMap;

use larder::cached;

struct Db;

#[cached(key = "users:<id>", each(id in ids), ignore(db))]
fn users(db: Db, ids: &[u64]) -> HashMap<u64, String> {
    let Db = db;
    ids.iter().map(|id| (*id, id.to_string())).collect()
}

fn main() {
    users(Db, &[1]);
}
