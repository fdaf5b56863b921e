use larder::etag;

#[etag("a")]
#[etag("b")]
async fn page() -> &'static str {
    "fine"
}

fn main() {}
