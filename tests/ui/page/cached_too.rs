use larder::{cache_page, cached};

#[cache_page(60)]
#[cached(key = "front")]
async fn front() -> String {
    String::new()
}

fn main() {}
