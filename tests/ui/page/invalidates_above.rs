use larder::{cache_page, invalidates};

#[invalidates(tag = "front")]
#[cache_page(60)]
async fn front() -> String {
    String::new()
}

fn main() {}
