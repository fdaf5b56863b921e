use larder::cache_page;

#[cache_page(60, stale = "5", vary = Cookie, limit = 0)]
async fn front() -> String {
    String::new()
}

fn main() {}
