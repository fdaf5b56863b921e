use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, shared(_))]
async fn front(_: User) -> String {
    String::new()
}

fn main() {}
