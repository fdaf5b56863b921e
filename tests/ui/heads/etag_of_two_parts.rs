use larder::etag;

#[etag("a", "b")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
