use larder::cached;

#[cached(key = "profile:<id>", ttl = "300", colour = 5)]
fn profile(db: &str, id: u64, deep: bool) -> u64 {
    id + db.len() as u64 + u64::from(deep)
}

fn main() {
    profile("", 1, true);
}
