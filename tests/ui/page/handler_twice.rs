use larder::cache_page;

#[cache_page(60)]
#[cache_page(900, vary = "Cookie")]
async fn front() -> String {
    String::new()
}

fn main() {}
