use larder::cache_page;

const MOST: f64 = 1.5;

#[cache_page(60, limit = MOST)]
async fn front() -> String {
    String::new()
}

fn main() {}
