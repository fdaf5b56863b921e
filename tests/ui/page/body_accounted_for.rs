use larder::cache_page;

#[cache_page(60, shared(body))]
async fn front(body: String) -> String {
    let _ = body;
    String::new()
}

fn main() {}
