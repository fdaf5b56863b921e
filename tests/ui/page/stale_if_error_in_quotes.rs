use larder::cache_page;

#[cache_page(60, stale_if_error = "1h")]
async fn front() -> String {
    String::new()
}

fn main() {}
