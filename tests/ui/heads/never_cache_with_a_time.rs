use larder::never_cache;

#[never_cache(60)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
