use larder::{cached, updates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

#[updates(profile(id))]
fn save(id: u64) -> u64 {
    profile(id).len() as u64
}

fn main() {
    save(1);
}
