use larder::cache_page as page;

#[page(60)]
#[page(900)]
async fn front() -> String {
    String::new()
}

fn main() {}
