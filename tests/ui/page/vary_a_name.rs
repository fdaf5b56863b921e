use larder::cache_page;

#[cache_page(60, vary = Cookie)]
async fn front() -> String {
    String::new()
}

fn main() {}
