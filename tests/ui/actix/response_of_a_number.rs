use larder::actix::cache_page;

#[cache_page(60)]
async fn front() -> u64 {
    42
}

fn main() {}
