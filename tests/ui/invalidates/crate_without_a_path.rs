use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[invalidates(profile(id), crate)]
fn save(id: u64) -> u64 {
    id
}

fn main() {
    profile(save(1));
}
