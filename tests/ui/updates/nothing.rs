use larder::{cached, updates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

#[updates]
fn save(id: u64) -> String {
    profile(id)
}

fn main() {
    save(1);
}
