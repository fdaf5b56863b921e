use larder::cache_page;

#[cache_page(60, tags = [author])]
async fn front() -> String {
    String::new()
}

fn main() {}
