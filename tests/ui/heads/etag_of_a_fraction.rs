use larder::etag;

#[etag(1.5)]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
