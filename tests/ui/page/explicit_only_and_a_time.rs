use larder::cache_page;

#[cache_page(60, explicit_only)]
async fn front() -> String {
    String::new()
}

fn main() {}
