use larder::cache_page;

#[cache_page(60, statuses(206))]
async fn front() -> String {
    String::new()
}

fn main() {}
