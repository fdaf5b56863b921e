use larder::etag;

#[etag]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
