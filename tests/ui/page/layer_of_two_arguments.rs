use larder::cache_page;

#[cache_page(60, layer = |a, b| a)]
async fn front() -> String {
    String::new()
}

fn main() {}
