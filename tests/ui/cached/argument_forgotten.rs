use larder::cached;

#[cached(key = "profile:<id>")]
fn profile(db: &str, id: u64) -> u64 {
    id + db.len() as u64
}

fn main() {
    profile::invalidate(1);
}
