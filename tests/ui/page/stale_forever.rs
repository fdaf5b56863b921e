use larder::cache_page;

#[cache_page(60, stale = forever)]
async fn front() -> String {
    String::new()
}

fn main() {}
