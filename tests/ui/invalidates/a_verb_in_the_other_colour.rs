use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> String {
    id.to_string()
}

#[invalidates(profile::put_async(id, text))]
fn save(id: u64, text: String) -> String {
    text + &profile(id)
}

fn main() {
    save(1, String::new());
}
