use larder::{cached, updates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[updates(profile(id), crate = "larder")]
fn save(id: u64) -> u64 {
    id
}

fn main() {
    profile(save(1));
}
