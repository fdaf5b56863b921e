use larder::cached;

#[cached(key = "front")]
#[larder::cache_page(60)]
async fn front() -> String {
    String::new()
}

fn main() {}
