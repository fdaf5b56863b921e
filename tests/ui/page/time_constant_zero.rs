use larder::cache_page;

const NONE: u64 = 0;

#[cache_page(NONE)]
async fn front() -> String {
    String::new()
}

fn main() {}
