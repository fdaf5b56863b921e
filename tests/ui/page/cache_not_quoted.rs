use larder::cache_page;

#[cache_page(60, cache = special)]
async fn front() -> String {
    String::new()
}

fn main() {}
