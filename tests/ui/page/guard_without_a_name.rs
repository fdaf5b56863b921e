use larder::cache_page;

struct Admin;

#[cache_page(60)]
async fn front(_: Admin) -> String {
    String::new()
}

fn main() {}
