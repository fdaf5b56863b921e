use larder::cache_page;

#[cache_page(60, statuses(500))]
async fn front() -> String {
    String::new()
}

fn main() {}
