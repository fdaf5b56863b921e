use larder::cache_page;

#[cache_page(60, query = "page")]
async fn front() -> String {
    String::new()
}

fn main() {}
