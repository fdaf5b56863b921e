use larder::cache_page;

#[cache_page(60, vary = cookie(session))]
async fn front() -> String {
    String::new()
}

fn main() {}
