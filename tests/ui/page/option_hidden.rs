use larder::cache_page;

#[cache_page(60, __vary = "Cookie")]
async fn front() -> String {
    String::new()
}

fn main() {}
