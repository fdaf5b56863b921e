use larder::etag;

#[etag(tag = "v1")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
