use larder::cached;

#[cached(key = "profile:<id>", ignore(db))]
fn profile(db: &str, id: u64, deep: bool) -> u64 {
    id + db.len() as u64 + u64::from(deep)
}

fn main() {
    profile::invalidate(1);
}
