use larder::cache_page;

#[cache_page(60)]
#[larder::cached(key = "front")]
async fn front() -> String {
    String::new()
}

fn main() {}
