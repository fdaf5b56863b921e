use larder::cache_page;

#[cache_page(60, etag = true)]
async fn front() -> String {
    String::new()
}

fn main() {}
