use larder::etag;

fn version() -> u64 {
    7
}

#[etag(version)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
