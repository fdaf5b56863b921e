use larder::cached;

#[cached(key = "made:<n>")]
fn made<'a>(n: &'a u64) -> &'a u64 {
    n
}

fn main() {
    let _ = made(&1);
}
