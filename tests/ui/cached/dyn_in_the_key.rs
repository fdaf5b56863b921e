use larder::{KeyPart, cached};

#[cached(key = "shown:<value>")]
fn shown(value: &dyn KeyPart) -> String {
    let _ = value;
    String::new()
}

fn main() {
    shown::invalidate(&1);
}
