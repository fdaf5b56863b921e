use larder::cache_page;

#[cache_page(60, key_prefix = site1)]
async fn front() -> String {
    String::new()
}

fn main() {}
