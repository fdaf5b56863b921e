use larder::cache_page;

#[cache_page(60, see(cookie("session")))]
async fn front() -> String {
    String::new()
}

fn main() {}
