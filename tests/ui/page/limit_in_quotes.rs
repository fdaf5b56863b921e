use larder::cache_page;

#[cache_page(60, limit = "64k")]
async fn front() -> String {
    String::new()
}

fn main() {}
