use larder::cache_page;

#[cache_page(None)]
async fn front() -> String {
    String::new()
}

fn main() {}
