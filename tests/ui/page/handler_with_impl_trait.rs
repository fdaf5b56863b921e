use larder::cache_page;

#[cache_page(60, shared(user))]
async fn front(user: impl Clone) -> String {
    String::new()
}

fn main() {}
