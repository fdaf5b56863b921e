use larder::cache_page;

#[cache_page(60, shared(user))]
async fn front(user: &str) -> String {
    user.to_owned()
}

fn main() {}
