use larder::cache_page;

#[cache_page(60, etag, etag)]
async fn front() -> String {
    String::new()
}

fn main() {}
