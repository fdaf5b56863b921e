use larder::cache_page;

#[cache_page(60, browser = "60")]
async fn front() -> String {
    String::new()
}

fn main() {}
