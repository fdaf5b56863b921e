use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

#[invalidates(profile::uncached(id))]
fn save(id: u64) -> String {
    profile(id)
}

fn main() {
    save(1);
}
