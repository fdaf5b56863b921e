use larder::cache_page;

#[cache_page(60)]
struct Front;

fn main() {}
