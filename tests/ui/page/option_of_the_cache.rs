use larder::cache_page;

#[cache_page(60, capacity = 100)]
async fn front() -> String {
    String::new()
}

fn main() {}
