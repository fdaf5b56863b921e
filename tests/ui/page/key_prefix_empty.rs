use larder::cache_page;

#[cache_page(60, key_prefix = "")]
async fn front() -> String {
    String::new()
}

fn main() {}
