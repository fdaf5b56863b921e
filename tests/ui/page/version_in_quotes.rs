use larder::cache_page;

#[cache_page(60, version = "2")]
async fn front() -> String {
    String::new()
}

fn main() {}
