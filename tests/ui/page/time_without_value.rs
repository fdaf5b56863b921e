use larder::cache_page;

#[cache_page(ttl)]
async fn front() -> String {
    String::new()
}

fn main() {}
