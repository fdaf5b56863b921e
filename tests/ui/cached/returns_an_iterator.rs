use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> impl Iterator<Item = u64> {
    0..n
}

fn main() {
    let _ = made(1);
}
