use larder::cache_page;

#[cache_page(60, vary = "Accept Language")]
async fn front() -> String {
    String::new()
}

fn main() {}
