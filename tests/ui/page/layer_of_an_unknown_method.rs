use larder::cache_page;

#[cache_page(60, layer = |layer| layer.keep_erorrs())]
async fn front() -> String {
    String::new()
}

fn main() {}
