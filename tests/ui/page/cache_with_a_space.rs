use larder::cache_page;

#[cache_page(60, cache = "my cache")]
async fn front() -> String {
    String::new()
}

fn main() {}
