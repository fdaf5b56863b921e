use larder::cache_page;

#[cache_page(FIFTEEN_MINUTES)]
async fn front() -> String {
    String::new()
}

fn main() {}
