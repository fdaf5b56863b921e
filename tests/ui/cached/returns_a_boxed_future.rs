use larder::cached;

#[cached(key = "made:<n>")]
fn made(n: u64) -> std::pin::Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { n })
}

fn main() {
    let _ = made(1);
}
