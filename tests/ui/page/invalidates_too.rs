use larder::{cache_page, invalidates};

#[cache_page(60)]
#[invalidates(tag = "front")]
async fn front() -> String {
    String::new()
}

fn main() {}
