use larder::cache_page;

#[cache_page(ttl(900))]
async fn front() -> String {
    String::new()
}

fn main() {}
