use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

fn plain(id: u64) -> u64 {
    id
}

#[invalidates(plain(id))]
fn save(id: u64) -> String {
    format!("{}{}", profile(id), plain(id))
}

fn main() {
    save(1);
}
