use larder::never_cache;

struct Page;

#[never_cache]
async fn page() -> Page {
    Page
}

fn main() {}
