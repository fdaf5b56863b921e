use larder::cache_page;

#[cache_page(60, vary = "X-Theme", see("x-theme"))]
async fn front() -> String {
    String::new()
}

fn main() {}
