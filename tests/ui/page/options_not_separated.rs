use larder::cache_page;

#[cache_page(60 vary = "Accept")]
async fn front() -> String {
    String::new()
}

fn main() {}
