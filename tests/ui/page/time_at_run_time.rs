use larder::cache_page;

fn minutes(n: u64) -> u64 {
    n * 60
}

#[cache_page(minutes(15))]
async fn front() -> String {
    String::new()
}

fn main() {}
