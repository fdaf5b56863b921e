use larder::cache_page;

#[cache_page("15m")]
async fn front() -> String {
    String::new()
}

fn main() {}
