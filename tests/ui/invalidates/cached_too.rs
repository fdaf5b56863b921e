use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[invalidates(profile(id))]
#[cached(key = "renamed:<id>")]
fn renamed(id: u64) -> u64 {
    id
}

fn main() {
    renamed(1);
}
