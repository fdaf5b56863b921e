use larder::cache_page;

#[cache_page(true)]
async fn front() -> String {
    String::new()
}

fn main() {}
