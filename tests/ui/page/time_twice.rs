use larder::cache_page;

#[cache_page(900, 60)]
async fn front() -> String {
    String::new()
}

fn main() {}
