use larder::cache_page;

#[cache_page(9999999999)]
async fn front() -> String {
    String::new()
}

fn main() {}
