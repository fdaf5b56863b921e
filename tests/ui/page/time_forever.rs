use larder::cache_page;

#[cache_page(forever)]
async fn front() -> String {
    String::new()
}

fn main() {}
