use larder::never_cache;

#[never_cache]
struct Page;

fn main() {}
