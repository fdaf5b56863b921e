use larder::cache_page;

#[cache_page(60, statuses = 404)]
async fn front() -> String {
    String::new()
}

fn main() {}
