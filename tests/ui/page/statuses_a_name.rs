use larder::cache_page;

#[cache_page(60, statuses(NOT_FOUND))]
async fn front() -> String {
    String::new()
}

fn main() {}
