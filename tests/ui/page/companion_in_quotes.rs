use larder::cache_page;

#[cache_page(60, companion = "Front")]
async fn front() -> String {
    String::new()
}

fn main() {}
