use larder::cache_page;

#[cache_page(60, tags = "front")]
async fn front() -> String {
    String::new()
}

fn main() {}
