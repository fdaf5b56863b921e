use larder::{KeyPart, cached};

#[cached(key = "shown:<T>")]
#[allow(non_snake_case)]
fn shown<T: KeyPart>(T: T) -> String {
    let _ = T;
    String::new()
}

fn main() {}
