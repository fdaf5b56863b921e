use larder::cache_page;

#[cache_page(60, variants = 0)]
async fn front() -> String {
    String::new()
}

fn main() {}
