use larder::cached;

#[cached(key = "users:<id>", each(id in ids))]
fn users(ids: &[u64]) -> Result<Vec<String>, String> {
    Ok(ids.iter().map(|id| id.to_string()).collect())
}

fn main() {
    let _ = users(&[1]);
}
