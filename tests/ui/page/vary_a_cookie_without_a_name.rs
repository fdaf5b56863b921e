use larder::cache_page;

#[cache_page(60, vary = cookie)]
async fn front() -> String {
    String::new()
}

fn main() {}
