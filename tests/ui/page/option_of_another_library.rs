use larder::cache_page;

#[cache_page(60, timeout_secs = 5)]
async fn front() -> String {
    String::new()
}

fn main() {}
