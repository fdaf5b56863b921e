use larder::cache_page;

#[cache_page(60, stale = 0)]
async fn front() -> String {
    String::new()
}

fn main() {}
