use larder::actix::cache_page;

#[cache_page(60)]
fn front() -> &'static str {
    "a page"
}

fn main() {}
