use larder::cache_page;

#[cache_page(60, crate = "larder")]
async fn front() -> String {
    String::new()
}

fn main() {}
