use larder::cache_page;

struct Query;

#[cache_page(60)]
async fn front(query: Option<Query>) -> String {
    let _ = query;
    String::new()
}

fn main() {}
