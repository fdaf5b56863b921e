use larder::cache_page;

#[cache_page(60, shared(user))]
async fn front(user: impl Clone) -> String {
    let _ = user;
    String::new()
}

fn main() {}
