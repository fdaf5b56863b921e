use larder::cache_page;

#[cache_page(60, variants = many)]
async fn front() -> String {
    String::new()
}

fn main() {}
