use larder::actix::etag;

#[etag("v1")]
fn front() -> &'static str {
    "a page"
}

fn main() {}
