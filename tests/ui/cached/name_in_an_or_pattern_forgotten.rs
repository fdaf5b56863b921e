use larder::cached;

#[cached(key = "either:<id>")]
fn either((Ok(x) | Err(x)): Result<u64, u64>, id: u64) -> u64 {
    x + id
}

fn main() {
    either(Ok(1), 2);
}
