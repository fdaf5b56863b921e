use larder::cache_page;

struct CookieJar;

#[cache_page(60)]
async fn front(jar: CookieJar) -> String {
    let _ = jar;
    String::new()
}

fn main() {}
