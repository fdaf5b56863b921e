use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> impl std::fmt::Display {
    n
}

fn main() {
    let _ = made(1);
}
