use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> Box<dyn Iterator<Item = u64>> {
    Box::new(0..n)
}

fn main() {
    let _ = made(1);
}
