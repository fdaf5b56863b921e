use larder::cache_page;

#[cache_page(60, vary = "")]
async fn front() -> String {
    String::new()
}

fn main() {}
