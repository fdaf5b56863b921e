use larder::cache_page;

#[cache_page(60, key = "article:<id>")]
async fn front() -> String {
    String::new()
}

fn main() {}
