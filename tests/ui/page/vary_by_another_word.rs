use larder::cache_page;

#[cache_page(60, vary_on_headers("Accept"))]
async fn front() -> String {
    String::new()
}

fn main() {}
