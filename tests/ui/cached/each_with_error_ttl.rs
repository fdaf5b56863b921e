use std::collections::HashMap;

use larder::cached;

#[cached(key = "users:<id>", each(id in ids), error_ttl = 5)]
fn users(ids: &[u64]) -> Result<HashMap<u64, String>, String> {
    Ok(ids.iter().map(|id| (*id, id.to_string())).collect())
}

fn main() {
    let _ = users(&[1]);
}
