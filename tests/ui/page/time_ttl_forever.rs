use larder::cache_page;

#[cache_page(ttl = forever)]
async fn front() -> String {
    String::new()
}

fn main() {}
