use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64, #[cfg(unix)] m: u64) -> u64 {
    n + m
}

fn main() {
    let _ = made(1, 2);
}
