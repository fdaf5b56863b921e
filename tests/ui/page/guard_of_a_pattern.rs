use larder::cache_page;

struct User;
struct Flash;

#[cache_page(60)]
async fn front((user, flash): (User, Flash)) -> String {
    let _ = (user, flash);
    String::new()
}

fn main() {}
