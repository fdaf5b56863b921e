use larder::cache_page;

#[cache_page(60, cache_control = "public")]
async fn front() -> String {
    String::new()
}

fn main() {}
