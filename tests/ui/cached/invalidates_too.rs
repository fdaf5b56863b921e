use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[cached(key = "renamed:<id>")]
#[invalidates(profile(id))]
fn renamed(id: u64) -> u64 {
    id
}

fn main() {
    renamed(1);
}
