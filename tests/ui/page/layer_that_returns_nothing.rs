use larder::cache_page;

#[cache_page(60, layer = |layer| drop(layer))]
async fn front() -> String {
    String::new()
}

fn main() {}
