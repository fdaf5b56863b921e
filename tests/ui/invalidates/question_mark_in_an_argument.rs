use larder::{cached, invalidates};

#[cached(key = "profile:<id>")]
fn profile(id: u64) -> u64 {
    id
}

#[invalidates(profile(id.parse::<u64>()?))]
fn rename(id: &str) -> Result<(), std::num::ParseIntError> {
    let _ = id;
    Ok(())
}

fn main() {
    let _ = rename("1");
}
