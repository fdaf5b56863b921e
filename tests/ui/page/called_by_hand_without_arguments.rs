use larder::cache_page;

#[cache_page(60)]
async fn front() -> String {
    String::new()
}

async fn print() {
    front().await;
}

fn main() {}
