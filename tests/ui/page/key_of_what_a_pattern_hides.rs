use larder::cache_page;

struct Page(u64);

#[cache_page(60, key = "front:<id>")]
async fn front(Page(id): Page) -> String {
    let _ = id;
    String::new()
}

fn main() {}
