use larder::cache_page;

#[cache_page(60, layer = move |layer| layer)]
async fn front() -> String {
    String::new()
}

fn main() {}
