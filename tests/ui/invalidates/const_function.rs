use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

#[invalidates(profile(id))]
const fn save(id: u64) -> u64 {
    id
}

fn main() {
    profile(save(1));
}
