use larder::cache_page;

#[cache_page(60, query("page, sort"))]
async fn front() -> String {
    String::new()
}

fn main() {}
