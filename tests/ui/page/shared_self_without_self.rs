use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, shared(self))]
async fn front() -> String {
    String::new()
}

fn main() {}
