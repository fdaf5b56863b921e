use larder::cache_page;

#[cache_page(vary = "Accept", 900)]
async fn front() -> String {
    String::new()
}

fn main() {}
