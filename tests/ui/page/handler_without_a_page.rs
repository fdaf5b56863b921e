use larder::cache_page;

#[cache_page(60)]
async fn front() {}

fn main() {}
