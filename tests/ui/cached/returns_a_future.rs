use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> impl Future<Output = u64> {
    async move { n }
}

fn main() {
    let _ = made(1);
}
