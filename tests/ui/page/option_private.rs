use larder::cache_page;

#[cache_page(60, private)]
async fn front() -> String {
    String::new()
}

fn main() {}
