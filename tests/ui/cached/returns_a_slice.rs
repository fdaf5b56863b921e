use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: &[u8]) -> &[u8] {
    n
}

fn main() {
    let _ = made(&[]);
}
