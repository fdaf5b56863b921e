use larder::cache_page;

#[cache_page(60, version = -1)]
async fn front() -> String {
    String::new()
}

fn main() {}
