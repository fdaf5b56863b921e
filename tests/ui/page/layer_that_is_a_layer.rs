use larder::cache_page;

#[cache_page(60, layer = larder::page::CacheLayer::new())]
async fn front() -> String {
    String::new()
}

fn main() {}
