use larder::cache_page;

#[cache_page(60, layer = 5)]
async fn front() -> String {
    String::new()
}

fn main() {}
