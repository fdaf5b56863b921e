use std::collections::HashMap;

use larder::cached;

#[cached(key = "users:<id>", each(id in ids))]
fn users(ids: &[u64]) -> HashMap<String, u64> {
    ids.iter().map(|id| (id.to_string(), *id)).collect()
}

fn main() {

}
