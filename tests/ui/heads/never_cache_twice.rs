use larder::never_cache;

#[never_cache]
#[never_cache]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
