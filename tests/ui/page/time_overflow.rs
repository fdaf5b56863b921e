use larder::cache_page;

#[cache_page(99999999999999999999)]
async fn front() -> String {
    String::new()
}

fn main() {}
