use larder::cache_page;

#[cache_page(60, associated)]
async fn front() -> String {
    String::new()
}

fn main() {}
