use larder::{cache_page, cached};

#[cached(key = "front")]
#[cache_page(60)]
async fn front() -> String {
    String::new()
}

fn main() {}
